"""Inviting somebody to work here."""

from django import forms
from django.core.validators import RegexValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from config.environment import environment
from rongxin.accounts import keeping
from rongxin.accounts.models import STAFF_ROLES, role_title
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.administration.frame import administrator_of, administrators_only, show
from rongxin.administration.links import show_link
from rongxin.departments.models import Department


class Invited(forms.Form):
    """Who shall work here, for whom, in which role."""

    display_name = forms.CharField(
        label=gettext_lazy("姓名或工号"), max_length=64, help_text=gettext_lazy("显示在本人所做决定的旁边。")
    )
    username = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=64,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,}$", gettext_lazy("用小写字母、数字和 . _ -，至少 3 位。"))
        ],
        help_text=gettext_lazy("登录时用，例：li.si"),
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        queryset=Department.objects.all(),
        to_field_name="code",
        empty_label=gettext_lazy("请选择"),
    )
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        required=False,
        help_text=gettext_lazy("填了就把链接发过去；平台不保存邮箱。"),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [("", _("请选择")), *((each.value, role_title(each)) for each in STAFF_ROLES)]
        if not environment.mail_url.get_secret_value():
            del self.fields["email"]


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """The form; then the link, shown once."""
    administrator = administrator_of(request)
    demand(administrator, Action.ACCOUNT_KEEP, administrator.works_for)
    form = Invited(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                account, word = keeping.invite(
                    administrator,
                    given["username"],
                    display_name=given["display_name"],
                    department=given["department"],
                    role=Role(given["role"]),
                )
        except IntegrityError:
            form.add_error("username", _("这个用户名已经有了，请换一个。"))
        else:
            return show_link(request, account, word, address=given.get("email", ""))
    return show(request, "administration/invite.html", {"form": form}, status=422 if form.errors else 200)
