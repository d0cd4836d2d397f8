"""What the faces share: base templates, components, icons, styles, the display panel (text size, contrast, dark).

No rule lives here. Front-end files of others stand in ``static/vendor`` under a manifest of checksums.
"""
