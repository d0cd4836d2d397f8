import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rongxin.cli.main import app
from rongxin.intake.questions.resolving import NoColumns, resolve_file
from tests.intake.questions.conftest import FAR, FAR_NAME, SHOP, SHOP_NAME, TRADE, TRADE_NAME, Desk, one_off
from tests.intake.tables import as_csv


def table(folder: Path, *rows: tuple[str, str, str]) -> Path:
    path = folder / "names.csv"
    path.write_bytes(as_csv([dict(zip(("名称", "统一社会信用代码", "注册号"), row, strict=True)) for row in rows]))
    return path


@pytest.mark.parametrize(
    ("row", "method", "first"),
    [
        ((TRADE_NAME, TRADE, ""), "code", TRADE),
        (("", TRADE, ""), "code", TRADE),
        (("示例另名有限公司", TRADE, ""), "none", TRADE),
        ((TRADE_NAME, "", "110000006000374"), "registration_number", TRADE),
        ((f" {FAR_NAME}", "", ""), "name", FAR),
        ((TRADE_NAME, one_off(), ""), "none", TRADE),
        (("福州市示例榕海贸易公司", "", ""), "none", TRADE),
        (("示例无人知晓的公司", "", ""), "none", None),
        ((SHOP_NAME, SHOP, ""), "code", SHOP),
        ((SHOP_NAME, "", ""), "none", None),
    ],
)
def test_what_is_exact_is_resolved_and_all_else_is_proposed(
    desk: Desk, tmp_path: Path, row: tuple[str, str, str], method: str, first: str | None
) -> None:
    (line,) = resolve_file(table(tmp_path, row))
    assert line.method == method
    found = [candidate.subject.uscc for candidate in line.candidates]
    assert (found[0] if found else None) == first or (row[0] == SHOP_NAME and SHOP not in found)


def test_a_table_without_names_and_codes_is_told_so(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(NoColumns):
        list(resolve_file(path))


def test_the_command_gives_one_object_for_each_row(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, (TRADE_NAME, one_off(), ""), ("示例无人知晓的公司", "", ""))
    result = CliRunner().invoke(app, ["subjects", "resolve", str(path), "--json"])
    assert result.exit_code == 0
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["candidates"][0]["uscc"] == TRADE
    assert {"code": "code_one_off", "position": 13, "filed": "7", "registered": "0"} in first["candidates"][0][
        "reasons"
    ]
    assert (second["uscc"], second["candidates"]) == (None, [])


def test_many_rows_cost_no_more_queries_than_few(
    desk: Desk, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    for count in (1, 800):
        path = table(tmp_path, *((f"福州示例榕海贸易{number}公司", "", "") for number in range(count)))
        with django_assert_max_num_queries(16):  # type: ignore[operator]
            assert len(list(resolve_file(path))) == count
