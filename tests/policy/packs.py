"""A small pack in a temporary folder, to be broken in one place at a time."""

from pathlib import Path

from config.environment import ROOT
from rongxin.policy.files import PolicyError, PolicyErrors
from rongxin.policy.loader import load_pack
from rongxin.policy.pack import Policy

POLICIES = ROOT / "policies"

LAND = {
    "land/pack.yaml": """\
name: land
title: {zh: 示例国, en: Example Land}
territory: CN
checked_on: 2026-11-22
divisions_basis: {document: law, item: 附表, reading: C}
""",
    "land/documents.yaml": """\
law:
  title: {zh: 示例法, en: Example Law}
  issuer: 示例大会
  rank: law
  territory: CN
  from: 2020-01-01
  binds: both
  reading: C
hearsay:
  title: {zh: 传闻, en: Hearsay}
  issuer: 不详
  rank: department_rule
  territory: CN
  from: 2020-01-01
  until: 2025-12-31
  binds: both
  reading: U
settings:
  title: {zh: 设置, en: Settings}
  issuer: 平台
  rank: local_setting
  territory: CN
  from: 2020-01-01
  binds: organisation
  reading: U
""",
    "land/values/publicity.yaml": """\
publicity/deadline:
  title: {zh: 时限, en: Deadline}
  unit: workdays
  counted_from: decision_date
  values:
    - from: 2020-01-01
      value: 20
      strength: binding
      basis: {document: law, item: 第一条, reading: C}
    - from: 2024-01-01
      value: 7
      strength: binding
      basis: {document: law, item: 第二条, reading: C}
  checked_on: 2026-11-22
publicity/notice:
  title: {zh: 提示语, en: Notice}
  unit: text
  values:
    - from: 2020-01-01
      value: 请核对
      strength: local
      basis: {document: settings, reading: U}
      note: {zh: 示例, en: an example}
  checked_on: 2026-11-22
""",
    "land/values/display.yaml": """\
display/general_longest:
  title: {zh: 最长, en: Longest}
  unit: years
  reduces_rights: true
  values:
    - from: 2020-01-01
      value: 1
      strength: binding
      basis: {document: law, item: 第三条, reading: C}
  checked_on: 2026-11-22
display/serious_longest:
  title: {zh: 最长, en: Longest}
  unit: months
  reduces_rights: true
  values:
    - from: 2020-01-01
      value: 36
      strength: binding
      basis: {document: law, item: 第四条, reading: C}
  checked_on: 2026-11-22
""",
    "land/kinds/fine.yaml": """\
name: fine
title: {zh: 示例处罚, en: Example fine}
schema:
  fields:
    - {name: party, title: 名称, type: string, constraints: {required: true}}
    - name: category
      title: 类别
      type: string
      constraints: {enum: [轻, 一般, 重]}
      x-credit: {code: LB, aliases: [种类], several: true, values: {轻微: 轻}}
    - {name: authority, title: 机关, type: string, constraints: {required: true}}
    - {name: number, title: 文号, type: string, constraints: {required: true}}
    - {name: decided_on, title: 日期, type: date, constraints: {required: true}}
x-credit:
  version: "1.0"
  polarity: adverse
  provider: {zh: 示例机关, en: Example authority}
  deadline: publicity/deadline
  party: {name: party}
  envelope: {authority: authority, document_number: number, decided_on: decided_on}
  severity:
    - {then: serious, field: category, has: [重], basis: {document: law, item: 第五条, reading: C}}
    - {then: minor, field: category, has: [轻], only: true, basis: {document: law, item: 第六条, reading: C}}
    - {then: general, field: category, has: [一般, 轻], basis: {document: law, item: 第六条, reading: C}}
  display:
    - {severity: minor, display: withheld, basis: {document: law, item: 第七条, reading: C}}
    - {severity: general, display: public, basis: {document: law, item: 第七条, reading: C}}
    - {severity: serious, display: public, basis: {document: law, item: 第七条, reading: C}}
  rules:
    - {rule: required_when, field: number, when: category, has: [重]}
""",
    "land/calendar/2026.yaml": """\
year: 2026
document: 示例通知
days:
  - name: 春节
    off: [2026-02-16, 2026-02-17]
    work: [2026-02-14]
""",
    "land/divisions.csv": """\
code,name,name_en,level,parent,valid_from,valid_to,successor
990000,示例省,Example,province,,,,
990100,示例市,Example,prefecture,990000,,,
990101,示例旧区,Example,county,990100,1990,2010,990102
990102,示例区,Example,county,990100,2010,,
""",
    "land/reporting_units.yaml": """\
basis: {document: law, item: 附表, reading: C}
units:
  - {code: "990102", title: {zh: 示例区, en: Example}, form: county, division: "990102", reports_to: "990100"}
""",
    "land/industries.yaml": """\
basis: {document: law, item: 附表, reading: C}
sections:
  - {code: A, title: {zh: 示例业, en: Example}, first: "01", last: "05"}
  - {code: B, title: {zh: 示例工业, en: Example}, first: "06", last: "12"}
""",
}

TOWN = {
    "town/pack.yaml": """\
name: town
title: {zh: 示例市, en: Example Town}
territory: "990100"
extends: land
checked_on: 2026-11-22
""",
    "town/documents.yaml": """\
town-notice:
  title: {zh: 示例市通知, en: Notice of the town}
  issuer: 示例市
  rank: normative_document
  territory: "990100"
  from: 2021-01-01
  binds: organisation
  reading: C
""",
    "town/values/publicity.yaml": """\
publicity/deadline:
  title: {zh: 本市时限, en: Deadline in town}
  unit: workdays
  counted_from: decision_date
  values:
    - from: 2025-01-01
      until: 2025-12-31
      value: 5
      strength: local
      basis: {document: town-notice, item: 一, reading: C}
      note: {zh: 试行一年, en: tried for a year}
  checked_on: 2026-11-22
""",
}


def write(root: Path, files: dict[str, str]) -> None:
    """Write the files below ``root``."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def loaded(root: Path, files: dict[str, str], name: str = "land") -> Policy:
    """The policy of files written below ``root``."""
    write(root, files)
    return load_pack(root, name)


def mistakes(root: Path, files: dict[str, str], name: str = "land") -> list[PolicyError]:
    """The mistakes that stop loading; none when it loads."""
    try:
        loaded(root, files, name)
    except PolicyErrors as stopped:
        return stopped.errors
    return []


def changed(file: str, old: str, new: str, files: dict[str, str] = LAND) -> dict[str, str]:
    """The files with one passage of one file replaced; the passage must stand in it exactly once."""
    text = files[file]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    return files | {file: text.replace(old, new)}


def line_of(text: str, passage: str) -> int:
    """The line, from 1, where a passage begins."""
    return text[: text.index(passage)].count("\n") + 1
