"""What a department calls its columns: asked once, remembered, used for every later file."""
