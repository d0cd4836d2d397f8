"""Template tags: ``rongxin`` is a builtin of every template."""
