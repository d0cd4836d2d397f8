"""Addresses at which departments, officers and firms hear that something waits: sealed at rest, removed for good when asked.

An address is personal data, or comes near it: it stands in no log, no URL and no message of an error. A firm's is a service
address that a login entered for the firm it acts for: it hangs on the mandate and goes with it. Only what was confirmed is used
(``confirming``).
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from rongxin.accounts.events import ACCOUNTS
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.sealing import Unsealable, seal, unseal
from rongxin.departments.actions import DEPARTMENTS
from rongxin.departments.models import Department
from rongxin.ledger.actions import Event, log_many
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.notices.models import CodeAsked, Contact, ContactChange, Notice, Sending
from rongxin.policy.notices import ChannelName, Topic
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.mandates.queries import acting_for, standing

LONGEST: Final = 120
MOBILE: Final = re.compile(r"1\d{10}")
MOST_FAILURES: Final = 3
"""So many messages in a row that an address does not take, and it is set aside."""
UNCONFIRMED_FOR: Final = timedelta(days=7)
SET_ASIDE_FOR: Final = timedelta(days=30)
ASKED_FOR: Final = timedelta(days=1)
Owner = Department | Account | Mandate


class BadAddress(ValueError):
    """Not an address of this channel. The message does not repeat it."""


def set_contact(owner: Owner, channel: ChannelName, address: str, *, by: Account) -> Contact | None:
    """Enter the address, or another in its place; an empty one removes it. Raises BadAddress.

    Returns the contact that has to be confirmed: None when it was removed, or is the one that was confirmed already.
    """
    if not address.strip():
        _remove(owner, channel, by)
        return None
    return _keep(owner, channel, _checked(channel, address), by)


def choose_topics(mandate: Mandate, topics: Collection[Topic]) -> None:
    """Have the firm reminded of these at the addresses of this mandate. The inbox has everything all the same."""
    Contact.objects.filter(mandate=mandate).update(topics=sorted(topics))


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


def own_contacts(owner: Owner) -> dict[str, Contact]:
    """What is entered, by channel."""
    return {contact.channel: contact for contact in Contact.objects.filter(**_of(owner))}


def changes_of(owner: Owner) -> QuerySet[ContactChange]:
    """When an address was entered or removed, the newest first."""
    return ContactChange.objects.filter(**_of(owner)).select_related("by")


def troubled(owners: Iterable[Owner]) -> list[Contact]:
    """Addresses that are not used: not confirmed yet, or set aside because nothing arrived there."""
    of_owners = Q(pk__in=())
    for owner in owners:
        of_owners |= Q(**_of(owner))
    unused = Q(confirmed_at=None) | Q(set_aside_at__isnull=False)
    return list(
        Contact.objects.filter(of_owners, unused).select_related("mandate__subject__merged_into").order_by("pk")
    )


def in_use(channel: str) -> QuerySet[Contact]:
    """Addresses at which something may go out now: confirmed, not set aside, of somebody who is still there."""
    ready = Contact.objects.filter(channel=channel, confirmed_at__isnull=False, set_aside_at=None)
    return ready.filter(
        Q(department__isnull=False) | Q(account__is_active=True) | Q(mandate__in=standing().values("pk"))
    )


def contacts_of(notice: Notice, channel: ChannelName, topic: Topic) -> Iterator[Contact]:
    """Where the recipient of a notice hears of it: the address of the department, and those of its officers who entered one; of a
    firm those of its logins that chose this topic.

    The same address is given once. Who does not see what is told is left out.
    """
    contacts = in_use(channel).select_related("department", "account__department", "mandate__subject__merged_into")
    if notice.account is not None:
        found = contacts.filter(account=notice.account)
    elif notice.department is not None:
        found = contacts.filter(Q(department=notice.department) | Q(account__department=notice.department))
    else:
        found = contacts.filter(mandate__in=acting_for(notice.uscc).values("pk"))
    seen: set[str] = set()
    for contact in found.order_by(F("account").asc(nulls_first=True), "pk"):
        if not _sees(contact, notice, topic):
            continue
        try:
            address = address_of(contact)
        except Unsealable:
            address = f"unreadable {contact.pk}"  # told when it is sent
        if address not in seen:
            seen.add(address)
            yield contact


def _sees(contact: Contact, notice: Notice, topic: Topic) -> bool:
    if contact.mandate is not None:
        return contact.mandate.may(Action.FILE_READ) and topic in contact.topics
    if contact.account is None or notice.department is None:
        return True
    return contact.account.may(Action.CASE_READ, notice.department)


def contact_of(sending: Sending) -> Contact | None:
    """The address that a message goes to, while it is in use."""
    owner = {"department": sending.department_id, "account": sending.account_id, "mandate": sending.mandate_id}
    return in_use(sending.channel).filter(**owner).first()


@asks(PLATFORM)  # masked, the address of a firm may be seen by whoever asks what became of a message
def masks_of(sendings: Iterable[Sending]) -> dict[int, str]:
    """What messages to firms went to, masked, by the key of the message; nothing for an address that is there no more, or was
    entered since.
    """
    to_firms = [each for each in sendings if each.mandate_id]
    found = Contact.objects.filter(mandate__in={each.mandate_id for each in to_firms})
    known = {(contact.mandate_id, contact.channel): contact for contact in found}
    there = ((each, known.get((each.mandate_id, each.channel))) for each in to_firms)
    return {each.pk: masked(at) for each, at in there if at and at.set_at <= each.notice.at}


def note_taken(contact: Contact) -> None:
    """A message arrived there."""
    if contact.failures:
        Contact.objects.filter(pk=contact.pk).update(failures=0)


def note_refused(contact: Contact) -> None:
    """A message did not arrive there, because of the address; after MOST_FAILURES in a row nothing goes there any more."""
    Contact.objects.filter(pk=contact.pk).update(failures=F("failures") + 1)
    too_many = Contact.objects.filter(pk=contact.pk, failures__gte=MOST_FAILURES, set_aside_at=None)
    too_many.update(set_aside_at=timezone.now())


@asks(PLATFORM)  # whoever ends the mandate of another sees no address of it
def forget_mandates(mandates: Collection[Mandate]) -> None:
    """The addresses of mandates that ended are gone."""
    _forget(Contact.objects.filter(mandate__in=list(mandates)))


def forget_what_is_over() -> int:
    """Remove every address whose owner has gone, that nobody confirmed, or that was set aside long ago; and who asked for codes
    more than a day ago. Returns how many addresses.
    """
    now = timezone.now()
    CodeAsked.objects.filter(at__lt=now - ASKED_FOR).delete()
    gone = Q(mandate__isnull=False) & ~Q(mandate__in=standing().values("pk")) | Q(account__is_active=False)
    unconfirmed = Q(confirmed_at=None, code_until__lt=now - UNCONFIRMED_FOR)
    return _forget(Contact.objects.filter(gone | unconfirmed | Q(set_aside_at__lt=now - SET_ASIDE_FOR)))


@transaction.atomic
def _forget(contacts: QuerySet[Contact]) -> int:
    of_whom = contacts.select_related("department", "account", "mandate__account", "mandate__subject")
    now, found = timezone.now(), list(of_whom.select_for_update(of=("self",)))
    ContactChange.objects.bulk_create(
        ContactChange(
            channel=each.channel,
            department_id=each.department_id,
            account_id=each.account_id,
            mandate_id=each.mandate_id,
            at=now,
            is_removal=True,
        )
        for each in found
    )
    log_many(Kind.ADMIN, (_event(_owner(each), "remove", each.channel) for each in found))
    Contact.objects.filter(pk__in=[each.pk for each in found]).delete()
    return len(found)


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
def _keep(owner: Owner, channel: ChannelName, address: str, by: Account) -> Contact | None:
    known = Contact.objects.filter(**_of(owner), channel=channel).first()
    if known and known.confirmed_at and not known.set_aside_at and _is(known, address):
        return None
    now = timezone.now()
    anew = {
        "sealed": seal(address),
        "set_at": now,
        "confirmed_at": None,
        "set_aside_at": None,
        "failures": 0,
        "digest": "",
        "code_until": None,
        "code_reason": "",
    }
    first = anew | {"topics": sorted(Topic)}
    contact, _ = Contact.objects.update_or_create(anew, create_defaults=first, **_of(owner), channel=channel)
    ContactChange.objects.create(**_of(owner), channel=channel, by=by, at=now)
    log_many(Kind.ADMIN, [_event(owner, "enter", channel, by)])
    return contact


def _is(contact: Contact, address: str) -> bool:
    try:
        return address_of(contact) == address
    except Unsealable:
        return False


@transaction.atomic
def _remove(owner: Owner, channel: ChannelName, by: Account) -> None:
    removed, _ = Contact.objects.filter(**_of(owner), channel=channel).delete()
    if removed:
        ContactChange.objects.create(**_of(owner), channel=channel, by=by, at=timezone.now(), is_removal=True)
        log_many(Kind.ADMIN, [_event(owner, "remove", channel, by)])


def _event(owner: Owner, what: str, channel: str, by: Account | None = None) -> Event:
    """That an address was entered or removed. No digest of it: of a telephone number that would tell the number."""
    match owner:
        case Department():
            stream, whose = DEPARTMENTS, {"department": owner.code}
        case Account():
            stream, whose = ACCOUNTS, {"account": owner.username}
        case Mandate():
            stream, whose = firm_or_platform(owner.subject.uscc), {"account": owner.account.username}
    return Event(stream, {"act": f"contact.{what}", **whose, "channel": str(channel), "by": by.username if by else ""})


def _owner(contact: Contact) -> Owner:
    owner = contact.department or contact.account or contact.mandate
    assert owner is not None
    return owner


def _of(owner: Owner) -> dict[str, Any]:
    match owner:
        case Department():
            return {"department": owner}
        case Account():
            return {"account": owner}
        case Mandate():
            return {"mandate": owner}
