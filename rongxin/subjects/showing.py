"""How a subject's name may be shown to officers."""

from rongxin.primitives.names import has_organisation_word, mask_person
from rongxin.subjects.models import Category, Subject


def shown_name(subject: Subject) -> str:
    """The name; that of a sole trader who trades under the own name is masked (architecture §2)."""
    if subject.category == Category.SOLE_TRADER and not has_organisation_word(subject.name):
        return mask_person(subject.name)
    return subject.name
