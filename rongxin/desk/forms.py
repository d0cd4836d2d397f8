"""The form of one record, made from its kind: the same columns, labels and lists of values as the table."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from rongxin.departments.models import Department
from rongxin.engine.filled import units_of
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass
from rongxin.ui.language import spoken

LONG_TEXT = 200


class RecordForm(forms.Form):
    """One row of a kind's table, typed in. What is right is decided by intake, not here; only what must be filled is known."""

    def __init__(self, kind: RecordKind, data: QueryDict | None, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        self.kind = kind
        for field in kind.table.fields:
            # What would only be thrown away is not asked for.
            if field.credit.field_class != FieldClass.DISCARD:
                self.fields[field.name] = _form_field(field)

    def values(self) -> dict[str, str]:
        """What was typed, as the cells of a table row."""
        cells: dict[str, str] = {}
        for name, value in self.cleaned_data.items():
            cells[name] = "；".join(value) if isinstance(value, list) else value
        return cells


def filled_in(kind: RecordKind, department: Department) -> dict[str, str]:
    """What the form can know before anything is typed: the officer's own department as authority and source."""
    return {name: department.uscc if is_code else department.name for name, is_code in units_of(kind).items()}


def _form_field(field: KindField) -> forms.Field:
    label = field.credit.label if spoken() == "en" and field.credit.label else field.title
    # A hint on how to separate values is of no use beside boxes to tick.
    hint = "" if field.credit.several else field.credit.hint
    common: dict[str, Any] = {"label": label, "required": field.constraints.required, "help_text": hint}
    messages = {"required": _("必填。%(label)s不能为空。") % {"label": label}}
    choices = [(value, value) for value in field.constraints.enum or ()]
    if choices and field.credit.several:
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, error_messages=messages, **common
        )
    if choices:
        return forms.ChoiceField(choices=[("", _("请选择")), *choices], error_messages=messages, **common)
    longest = field.constraints.max_length
    if field.type == "text" and (longest is None or longest > LONG_TEXT):
        widget: forms.Widget = forms.Textarea(attrs={"rows": 4})
    elif field.type == "date":
        widget = forms.TextInput(attrs={"placeholder": "2026-01-05", "inputmode": "numeric"})
    elif field.type == "amount":
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
    else:
        widget = forms.TextInput()
    return forms.CharField(max_length=longest, widget=widget, error_messages=messages, **common)
