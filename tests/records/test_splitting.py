"""One subject that proves to be two: what goes to the other, that it stays there, and that it comes back."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from rongxin.policy.pack import Policy
from rongxin.primitives.names import normalise_name
from rongxin.records.bearing import Sort
from rongxin.records.changes import Step, changes_after, last_position
from rongxin.records.consequences import documents_of_both, tallies, tallies_of_acts
from rongxin.records.display import Moment, all_displayed, displayed
from rongxin.records.models import Record, Resolution
from rongxin.records.queries import counts_of, of_subject, subjects_of
from rongxin.records.splitting import MovedOn, Party, Portion, parties, rejoin, split
from rongxin.records.supports import Ground, Holding, Ref, holds, rest
from rongxin.subjects import queries
from rongxin.subjects.judging import FiledParty, judge
from rongxin.subjects.merging import Bar, Doubt, Ended, NotMergeable, conflicts, merge
from rongxin.subjects.models import Identifier, Judgement, Split, Subject, SubjectName, Verdict
from rongxin.subjects.splitting import NotSplittable, SplitBar, movable_identifiers, movable_names
from tests.factories import LICENCE, PENALTY, a_code, a_department, a_record, a_sole_trader, a_subject, the_rules

pytestmark = pytest.mark.django_db

WHY = "登记机关函（示例）：两家企业被误记为一家"
OLD_NUMBER = "350100100000009"


@pytest.fixture
def policy() -> Policy:
    return the_rules()


@pytest.fixture
def origin() -> Subject:
    return a_subject("福州示例榕海茶业有限公司", former_name="福州示例海榕贸易有限公司", registration_number=OLD_NUMBER)


@pytest.fixture
def other() -> Subject:
    return a_subject("福州示例海榕商贸有限公司")


def now_split(origin: Subject, other: Subject, *records: Record, names: bool = False, numbers: bool = False) -> Split:
    portion = Portion(
        numbers=tuple(record.number for record in records),
        names=tuple(name.pk for name in movable_names(origin)) if names else (),
        identifiers=tuple(each.pk for each in movable_identifiers(origin)) if numbers else (),
    )
    return split(origin, other, portion, by="lead-officer", provider="lead", basis=WHY)


def bearer(record: Record) -> Subject:
    return subjects_of([record])[record.pk]


# ── what goes ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_chosen_acts_names_and_numbers_go_to_the_other(origin: Subject, other: Subject, policy: Policy) -> None:
    stays, goes = a_record(origin), a_record(origin, kind=LICENCE)
    now_split(origin, other, goes, names=True, numbers=True)

    now = Moment.now()
    assert [shown.record for shown in of_subject(other, policy, now, limit=9)] == [goes]
    assert counts_of([origin.pk, other.pk], policy, now) == {origin.pk: {PENALTY: 1}, other.pk: {LICENCE: 1}}
    assert bearer(stays) == origin
    assert [found.subject for found in queries.search(OLD_NUMBER)] == [other]
    assert [found.subject for found in queries.search("海榕贸易")] == [other]


def test_resolutions_are_ended_and_added_never_changed(origin: Subject, other: Subject) -> None:
    record = a_record(origin)
    before = Resolution.objects.get(record=record)
    done = now_split(origin, other, record)

    first, second = Resolution.objects.filter(record=record).order_by("pk")
    assert (first.pk, first.subject, first.method, first.ended_at) == (before.pk, origin, "code", done.made_at)
    assert (second.subject, second.method, second.by, second.ended_at) == (other, "split", "lead-officer", None)


def test_all_versions_of_an_act_go_and_later_ones_follow(origin: Subject, other: Subject) -> None:
    document = "榕示市监罚〔2026〕77号"
    first = a_record(origin, penalty_document_no=document)
    second = a_record(origin, penalty_document_no=document, violation_type="更正后的类型")
    assert second.version == 2
    done = now_split(origin, other, second)
    third = a_record(origin, penalty_document_no=document, violation_type="再次更正的类型")

    assert third.version == 3
    assert [bearer(record) for record in (first, second, third)] == [other] * 3
    rejoin(done, by="lead-officer", basis="拆分有误")
    assert [bearer(record) for record in (first, second, third)] == [origin] * 3


def test_the_other_may_be_new_on_the_register(origin: Subject) -> None:
    code = a_code()
    now_split(origin, Subject(uscc=code, name="福州示例新立有限公司", category="enterprise"), a_record(origin))
    assert [found.subject.uscc for found in queries.search("示例新立")] == [code]


def test_acts_of_what_was_merged_in_may_go_too(origin: Subject, other: Subject) -> None:
    third = a_subject("福州示例第三有限公司")
    record = a_record(third)
    merge(origin, third, by="lead-officer", basis=WHY, answers=dict.fromkeys(Doubt, "已核实"))
    done = now_split(origin, other, record)
    assert bearer(record) == other

    rejoin(done, by="lead-officer", basis="拆分有误")
    assert Resolution.objects.get(record=record, ended_at=None).subject == third


# ── what stays so ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_two_are_not_merged_again_by_mistake(origin: Subject, other: Subject) -> None:
    done = now_split(origin, other, a_record(origin))
    assert conflicts(origin, other).bars == (Bar.JUDGED_DIFFERENT,)
    with pytest.raises(NotMergeable):
        merge(other, origin, by="lead-officer", basis=WHY, answers=dict.fromkeys(Doubt, "已核实"))

    rejoin(done, by="lead-officer", basis="拆分有误")
    assert conflicts(origin, other).bars == ()


def test_a_party_that_only_the_other_was_filed_under_is_remembered(origin: Subject, other: Subject) -> None:
    provider = a_department()
    record = a_record(origin, department=provider, party_name="福州示例海榕有限公司", party_uscc="")
    now_split(origin, other, record)

    name = normalise_name("福州示例海榕有限公司")
    about = Judgement.objects.filter(name_normalised=name, code="")
    assert about.get(verdict=Verdict.DIFFERENT).subject == origin
    assert about.get(verdict=Verdict.SAME).subject == other
    assert about.get(verdict=Verdict.SAME).provider == provider.code


def test_what_was_judged_otherwise_before_is_overruled_while_the_split_stands(origin: Subject, other: Subject) -> None:
    name = "福州示例海榕有限公司"
    record = a_record(origin, party_name=name, party_uscc="91990000MA0000WRONG")
    party = FiledParty(normalise_name(name), "91990000MA0000WRONG")
    judge(party, origin, Verdict.SAME, provider="demo", by="clerk", basis="示例")
    done = now_split(origin, other, record)
    assert meant(party) == {(origin, "different"), (other, "same")}

    rejoin(done, by="lead-officer", basis="拆分有误")
    assert meant(party) == {(origin, "same")}


def meant(party: FiledParty) -> set[tuple[Subject, str]]:
    standing = Judgement.objects.filter(name_normalised=party.name, code=party.code, ended_at=None)
    return {(judgement.subject, judgement.verdict) for judgement in standing.select_related("subject")}


def test_a_party_that_means_the_origin_as_well_is_told_and_not_judged(origin: Subject, other: Subject) -> None:
    own_name, shared_name = a_record(origin), a_record(origin, party_name="福州示例两家共用名公司")
    a_record(origin, party_name="福州示例两家共用名公司")
    portion = Portion(numbers=(own_name.number, shared_name.number))
    clear, doubtful = parties(origin, portion)

    assert clear == []
    assert set(doubtful) == {
        Party("demo", normalise_name(origin.name), origin.uscc),
        Party("demo", normalise_name("福州示例两家共用名公司"), origin.uscc),
    }
    split(origin, other, portion, by="lead-officer", provider="lead", basis=WHY)
    assert not Judgement.objects.filter(subject=origin, code=origin.uscc).exists()


def test_a_sole_trader_is_never_remembered_by_name_alone(origin: Subject) -> None:
    trader = a_sole_trader("示例陈三小吃店")
    now_split(origin, trader, a_record(origin, party_name="示例陈三小吃店", party_uscc=""))
    assert not Judgement.objects.filter(subject=trader, verdict=Verdict.SAME).exists()


@pytest.mark.usefixtures("policy")
def test_a_register_that_repeats_the_old_error_does_not_bring_it_back(origin: Subject, other: Subject) -> None:
    now_split(origin, other, names=True, numbers=True)
    a_subject(origin.name, origin.uscc, former_name="福州示例海榕贸易有限公司", registration_number=OLD_NUMBER)

    assert [name.text for name in queries.names_of(origin)] == [origin.name]
    assert [found.subject for found in queries.search(OLD_NUMBER)] == [other]


# ── back ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_end_of_a_split_brings_everything_back(origin: Subject, other: Subject) -> None:
    a_subject(other.name, other.uscc, registration_number=OLD_NUMBER)  # borne by both
    a_record(origin)
    record = a_record(origin)
    before = picture(origin, other)
    done = now_split(origin, other, record, names=True, numbers=True)
    assert picture(origin, other) != before

    rejoin(done, by="other-lead_officer", basis="拆分有误")
    assert picture(origin, other) == before
    done.refresh_from_db()
    assert (done.by, done.basis, done.ended_by, done.ended_basis) == (
        "lead-officer",
        WHY,
        "other-lead_officer",
        "拆分有误",
    )
    with pytest.raises(Ended):
        rejoin(done, by="lead-officer", basis="拆分有误")


def picture(*subjects: Subject) -> object:
    return (
        sorted(Resolution.objects.filter(ended_at=None).values_list("record", "subject", "method")),
        [sorted(SubjectName.objects.filter(subject=each).values_list("text", "valid_to")) for each in subjects],
        [sorted(Identifier.objects.filter(subject=each).values_list("kind", "value", "source")) for each in subjects],
        Judgement.objects.filter(ended_at=None).count(),
    )


def test_a_split_whose_acts_were_given_on_ends_only_after_that(origin: Subject, other: Subject) -> None:
    record = a_record(origin)
    third = a_subject("福州示例第三有限公司")
    first, second = now_split(origin, other, record), now_split(other, third, record)
    with pytest.raises(MovedOn):
        rejoin(first, by="lead-officer", basis="拆分有误")

    rejoin(second, by="lead-officer", basis="拆分有误")
    assert bearer(record) == other


# ── what stands in the way ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("case", "bar"),
    [
        ("nothing", SplitBar.NOTHING_CHOSEN),
        ("itself", SplitBar.SAME_SUBJECT),
        ("another's act", SplitBar.NOT_ITS_OWN),
        ("present name", SplitBar.NOT_ITS_OWN),
        ("unified code", SplitBar.NOT_ITS_OWN),
        ("names of a sole trader", SplitBar.NAMES_OF_A_SOLE_TRADER),
        ("merged", SplitBar.MERGED),
        ("new with a wrong code", SplitBar.CODE_INVALID),
        ("new with an identity number", SplitBar.CODE_INVALID),
        ("new with the name of a person", SplitBar.NAME_OF_NO_ORGANISATION),
    ],
)
def test_what_cannot_be_split_is_refused(origin: Subject, other: Subject, case: str, bar: SplitBar) -> None:
    chosen = Portion(numbers=(a_record(origin).number,))
    if case == "nothing":
        chosen = Portion()
    elif case == "itself":
        other = origin
    elif case == "another's act":
        chosen = Portion(numbers=(a_record(other).number,))
    elif case == "present name":
        chosen = Portion(names=(SubjectName.objects.get(subject=origin, valid_to=None).pk,))
    elif case == "unified code":
        chosen = Portion(identifiers=(Identifier.objects.get(subject=origin, kind="uscc").pk,))
    elif case == "names of a sole trader":
        other, chosen = a_sole_trader(), Portion(names=tuple(name.pk for name in movable_names(origin)))
    elif case == "merged":
        third = a_subject("福州示例第三有限公司")
        merge(third, other, by="lead-officer", basis=WHY, answers=dict.fromkeys(Doubt, "已核实"))
    elif case == "new with a wrong code":
        other = Subject(uscc=a_code()[:-1] + "I", name="福州示例新立有限公司", category="enterprise")
    elif case == "new with an identity number":
        other = Subject(uscc="990000199003070013", name="福州示例新立有限公司", category="other")
    elif case == "new with the name of a person":
        other = Subject(uscc=a_code(), name="示例陈三", category="enterprise")

    with pytest.raises(NotSplittable) as refused:
        split(origin, other, chosen, by="lead-officer", provider="lead", basis=WHY)
    assert bar in refused.value.bars
    assert not Split.objects.exists()


def test_a_record_has_one_standing_resolution(origin: Subject, other: Subject) -> None:
    resolution = Resolution.objects.get(record=a_record(origin))
    with pytest.raises(IntegrityError), transaction.atomic():
        Resolution.objects.create(
            record=resolution.record, subject=other, method="split", by="lead-officer", made_at=resolution.made_at
        )


# ── consequences ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_tallies_count_what_is_known_and_what_the_public_sees(origin: Subject, policy: Policy) -> None:
    penalty = a_record(origin)
    a_record(origin, severity="minor")
    a_record(origin, kind=LICENCE)
    now = Moment.now()

    by_kind = {tally.kind: tally for tally in tallies([origin.pk], policy, now)}
    assert (by_kind[PENALTY].polarity, by_kind[PENALTY].known) == ("adverse", 2)
    assert by_kind[PENALTY].displayed == counts_of([origin.pk], policy, now)[origin.pk][PENALTY]
    assert (by_kind[LICENCE].polarity, by_kind[LICENCE].known) == ("neutral", 1)
    assert [tally.known for tally in tallies_of_acts([penalty.number], policy, now)] == [1]


def test_documents_that_both_bear_are_perhaps_one_decision(origin: Subject, other: Subject) -> None:
    for subject in (origin, other):
        a_record(subject, penalty_document_no="榕示市监罚〔2026〕9号")
        a_record(subject)
    a_record(other, kind=LICENCE, license_document_no="榕示市监罚〔2026〕10号")
    a_record(origin, penalty_document_no="榕示市监罚〔2026〕10号")
    assert documents_of_both([origin.pk], [other.pk]) == ["榕示市监罚〔2026〕9号"]


# ── what rested on it ────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_rests_on_an_act_that_is_another_firms_now_is_shown_no_more(
    origin: Subject, other: Subject, policy: Policy
) -> None:
    penalty = a_record(origin)
    entry = an_entry_resting_on(penalty, origin, policy)
    began = last_position()[0]
    assert shown(entry, policy)

    done = now_split(origin, other, penalty)
    assert not shown(entry, policy)
    told = changes_after(began, policy, limit=9).changes
    assert [(change.record.number, change.step) for change in told] == [(entry.number, Step.NOT_PUBLIC)]

    rejoin(done, by="lead-officer", basis=WHY)  # it bears the entry again; a person decides what becomes of it
    assert holds(Ref(Sort.RECORD, entry.number), policy, Moment.now()).state == Holding.YES
    assert not shown(entry, policy)


def an_entry_resting_on(penalty: Record, firm: Subject, policy: Policy) -> Record:
    entry = a_record(firm, kind="wage_arrears_list", severity="serious", valid_to=date(2099, 1, 1))
    ground = Ground(support=Ref(Sort.RECORD, penalty.number), basis="列入决定书载明")
    rest(Ref(Sort.RECORD, entry.number), ground, policy, by="desk")
    return entry


def test_what_goes_together_with_its_support_stays_on_display(origin: Subject, other: Subject, policy: Policy) -> None:
    penalty = a_record(origin)
    entry = an_entry_resting_on(penalty, origin, policy)
    now_split(origin, other, penalty, entry)
    assert shown(entry, policy)


def test_a_support_of_a_subject_that_proved_to_be_the_same_bears(
    origin: Subject, other: Subject, policy: Policy
) -> None:
    merge(origin, other, by="lead-officer", basis=WHY, answers=dict.fromkeys(Doubt, WHY))
    assert shown(an_entry_resting_on(a_record(other), origin, policy), policy)


def shown(record: Record, policy: Policy) -> bool:
    one = displayed(policy, Moment.now()).filter(act_key=record.act_key).exists()
    assert all_displayed(policy, Moment.now()).filter(act_key=record.act_key).exists() == one
    return one
