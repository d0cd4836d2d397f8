"""An enterprise's own window: see, understand, object, repair. Nothing is here yet."""
