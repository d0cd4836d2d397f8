"""规则发布: making a draft of changed files, and what its case shows: the comparison with the rules in force."""

import io
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rongxin.accounts.access import Access
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case_panels import Panel, Place, address
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.governance.rules.actions import LONGEST_NOTE, MOST_CHARACTERS, NotDrafted, Problem, draft
from rongxin.governance.rules.comparing import RuleChange, changes
from rongxin.governance.rules.models import RuleDraft
from rongxin.policy.files import PolicyError, PolicyErrors
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.models import Case

MOST_FILES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraftPage:
    """``desk/rule_draft.html``: what was written, with ``error``, or every mistake of the files in ``mistakes``."""

    version: str
    packs: tuple[tuple[str, Title], ...]
    note: str = ""
    error: str = ""
    mistakes: tuple[PolicyError, ...] = ()
    longest: int = LONGEST_NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``desk/_rule_changes.html``."""

    note: str
    base: str
    digest: str
    effective_on: date | None
    changes: tuple[RuleChange, ...]


class _Unreadable(ValueError):
    """A file that cannot be read; the message says why."""


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Make a draft; the answer to a sound one is its case."""
    officer = officer_of(request)
    demand(officer, Action.RULE_DRAFT, officer.works_for)
    if request.method != "POST":
        return _shown(request)
    note = request.POST.get("note", "")
    try:
        made = draft(_files(request.FILES.getlist("files")), note, officer)
    except _Unreadable as wrong:
        return _shown(request, error=str(wrong))
    except NotDrafted as refusal:
        return _shown(request, error=why_not(refusal))
    except PolicyErrors as stopped:
        return _shown(request, mistakes=tuple(stopped.errors))
    messages.success(request, _("已通过校验，等第二人复核。"))
    return redirect(address(made.case))


def comparison(case: Case, access: Access) -> Panel:
    """What the draft changes, for the page of its case."""
    found = RuleDraft.objects.defer("sources").get(case=case)
    content = Comparison(
        note=found.note,
        base=found.base[:12],
        digest=found.digest[:12],
        effective_on=found.effective_on,
        changes=changes(rulebook.by_digest(found.base), Policy.from_canonical(found.content)),
    )
    title = Title(zh="改了什么", en="What changes")
    return Panel(title=title, template="desk/_rule_changes.html", content=content, place=Place.TOP)


def _files(sent: "list[UploadedFile[bytes]]") -> dict[str, str]:
    """The changed files by their place below the packs: from an archive, or each by the one file in force of its name."""
    found: dict[str, str] = {}
    known = rulebook.sources(rulebook.current().digest)
    for each in sent:
        name = each.name or ""
        if (each.size or 0) > MOST_CHARACTERS:
            raise _Unreadable(_("文件太大。"))
        if name.lower().endswith(".zip"):
            found |= _unpacked(each.read())
            continue
        places = [place for place in known if PurePosixPath(place).name == name]
        if len(places) != 1:
            raise _Unreadable(_("不能确定 %(name)s 在哪个规则包里；请按规则包的目录打成 zip 上传。") % {"name": name})
        found[places[0]] = _text(name, each.read())
    return found


def _unpacked(content: bytes) -> dict[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if len(members) > MOST_FILES or sum(each.file_size for each in members) > MOST_CHARACTERS:
                raise _Unreadable(_("文件太大。"))
            return {each.filename: _text(each.filename, archive.read(each)) for each in members}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        raise _Unreadable(_("zip 文件打不开。")) from None


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise _Unreadable(_("%(name)s 不是 UTF-8 编码的文本。") % {"name": name}) from None


def why_not(refusal: NotDrafted) -> str:
    """Why no draft was made, for whoever wanted one."""
    return {
        Problem.NO_FILE: _("请选择改过的规则文件。"),
        Problem.PLACE: _("%(name)s 不是现行规则包里的文件。") % {"name": refusal.about},
        Problem.TOO_LARGE: _("文件太大。"),
        Problem.NO_NOTE: _("请写明改了什么、为什么，不写号码。"),
        Problem.UNCHANGED: _("与现行规则相同，没有改动。"),
        Problem.OUTDATED: _("填写期间另有规则生效，请对照新的现行数值重新核对。"),
    }[refusal.problem]


def _shown(request: HttpRequest, *, error: str = "", mistakes: tuple[PolicyError, ...] = ()) -> HttpResponse:
    policy = rulebook.current()
    page = RuleDraftPage(
        version=policy.digest[:12],
        packs=tuple(policy.titles.items()),
        note=request.POST.get("note", ""),
        error=error,
        mistakes=mistakes,
    )
    return show(request, "desk/rule_draft.html", page, status=422 if error or mistakes else 200)
