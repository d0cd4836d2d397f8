"""Forms whose choices are known only when a page is asked for."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms


def offer(form: forms.Form, field: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Give a field of the form, a ChoiceField or MultipleChoiceField, its ``choices``: value and words, or a title and a group."""
    cast(forms.ChoiceField, form.fields[field]).choices = choices
