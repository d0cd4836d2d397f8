"""The clock of a batch starts with its check and stops with its release."""

from datetime import date

import polars as pl

from rongxin.intake.coverage.waiting import decided_days, waiting_days
from tests.intake.conftest import Office
from tests.intake.tables import as_csv, penalties, penalty

DECIDED = "处罚决定日期"


def test_a_checked_batch_says_when_its_acts_were_decided(office: Office) -> None:
    rows = penalties(3)
    later = penalty(**{DECIDED: "2026-11-12", "行政处罚决定书文号": "榕示市监罚〔2026〕9001号"})
    minor = penalty(
        **{
            DECIDED: "2026-11-12",
            "行政处罚决定书文号": "榕示市监罚〔2026〕9002号",
            "处罚类别": "警告、通报批评",
            "罚款金额（万元）": "",
        }
    )
    batch = office.send(as_csv([*rows, later, minor]))

    waiting = waiting_days([office.department])

    assert {day.batch for day in waiting} == {batch.number}
    assert sum(day.public + day.withheld for day in waiting) == batch.accepted
    assert sum(day.withheld for day in waiting) == batch.withheld == 1
    [of_the_12th] = [day for day in waiting if day.decided_on == date(2026, 11, 12)]
    assert (of_the_12th.public, of_the_12th.withheld) == (1, 1)


def test_released_rows_wait_no_longer(office: Office) -> None:
    batch = office.send(as_csv(penalties(3)))
    assert waiting_days() != []

    office.release(batch)

    assert waiting_days() == []


def test_a_register_has_no_days_of_decision() -> None:
    assert decided_days(pl.DataFrame({"uscc": ["91990000MA0000015Q"], "name": ["示例公司"]})) == {}
