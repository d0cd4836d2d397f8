"""Chinese, the language of the interface."""
