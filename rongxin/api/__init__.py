"""The machine interface (OpenAPI). Nothing is here yet; files come in through page, form and command."""
