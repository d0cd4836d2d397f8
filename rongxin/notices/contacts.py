"""Addresses at which departments and people hear that something waits: sealed at rest, removed for good when asked.

An address is personal data: it stands in no log, no URL and no message of an error.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.sealing import Unsealable, seal, unseal
from rongxin.departments.models import Department
from rongxin.notices.models import Contact, ContactChange, Notice
from rongxin.policy.notices import ChannelName

LONGEST: Final = 120
MOBILE: Final = re.compile(r"1\d{10}")


class BadAddress(ValueError):
    """Not an address of this channel. The message does not repeat it."""


def set_contact(owner: Department | Account, channel: ChannelName, address: str, *, by: Account) -> None:
    """Enter the address, or another in its place; an empty one removes it. Raises BadAddress."""
    if address.strip():
        _keep(owner, channel, _checked(channel, address), by)
    else:
        _remove(owner, channel, by)


def address_of(contact: Contact) -> str:
    """The address in clear; raises Unsealable when the key it was sealed with is gone."""
    return unseal(contact.sealed)


def masked(contact: Contact) -> str:
    """So much of the address that its owner knows it again: z***@example.gov.cn, 138****0000. Empty when it cannot be read."""
    try:
        address = address_of(contact)
    except Unsealable:
        return ""
    name, at, host = address.partition("@")
    return f"{name[0]}***@{host}" if at else f"{address[:3]}****{address[-4:]}"


def own_contacts(owner: Department | Account) -> dict[str, Contact]:
    """What is entered, by channel."""
    return {contact.channel: contact for contact in Contact.objects.filter(**_of(owner))}


def changes_of(owner: Department | Account) -> QuerySet[ContactChange]:
    """When an address was entered or removed, the newest first."""
    return ContactChange.objects.filter(**_of(owner)).select_related("by")


def contacts_of(notice: Notice, channel: ChannelName) -> Iterator[Contact]:
    """Where the recipient of a notice hears of it: the address of the department, and those of its officers who entered one.

    The same address is given once. Officers who do not see cases are left out.
    """
    contacts = Contact.objects.filter(channel=channel).select_related("department", "account__department")
    if notice.account is not None:
        found = contacts.filter(account=notice.account, account__is_active=True)
    elif notice.department is not None:
        officers = Q(account__department=notice.department, account__is_active=True)
        found = contacts.filter(Q(department=notice.department) | officers)
    else:
        return  # an enterprise's own addresses are not kept here
    seen: set[str] = set()
    for contact in found.order_by(F("account").asc(nulls_first=True), "pk"):
        if contact.account and notice.department and not contact.account.may(Action.CASE_READ, notice.department):
            continue
        try:
            address = address_of(contact)
        except Unsealable:
            address = f"unreadable {contact.pk}"  # told when it is sent
        if address not in seen:
            seen.add(address)
            yield contact


def seal_anew() -> int:
    """While the signing key is being exchanged: seal every address with the present one. Returns how many."""
    if not settings.SECRET_KEY_FALLBACKS:
        return 0
    done = 0
    for contact in Contact.objects.all():
        try:
            Contact.objects.filter(pk=contact.pk, sealed=contact.sealed).update(sealed=seal(address_of(contact)))
        except Unsealable:
            continue
        done += 1
    return done


def _checked(channel: ChannelName, address: str) -> str:
    given = address.strip()
    if channel == ChannelName.SMS:
        digits = re.sub(r"[\s-]", "", given).removeprefix("+86")
        if not MOBILE.fullmatch(digits):
            raise BadAddress("not a mobile number of eleven digits")
        return digits
    try:
        validate_email(given)
    except ValidationError:
        raise BadAddress("not an e-mail address") from None
    if len(given) > LONGEST or not given.isascii():
        raise BadAddress("not an e-mail address")
    return given


@transaction.atomic
def _keep(owner: Department | Account, channel: ChannelName, address: str, by: Account) -> None:
    now = timezone.now()
    kept = {"sealed": seal(address), "set_at": now}
    Contact.objects.update_or_create(kept, **_of(owner), channel=channel)
    ContactChange.objects.create(**_of(owner), channel=channel, by=by, at=now)


@transaction.atomic
def _remove(owner: Department | Account, channel: ChannelName, by: Account) -> None:
    removed, _ = Contact.objects.filter(**_of(owner), channel=channel).delete()
    if removed:
        ContactChange.objects.create(**_of(owner), channel=channel, by=by, at=timezone.now(), is_removal=True)


def _of(owner: Department | Account) -> dict[str, Any]:
    return {"department" if isinstance(owner, Department) else "account": owner}
