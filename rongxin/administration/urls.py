"""Addresses of the administrators' pages."""

from django.urls import path

from rongxin.administration import accounts, contacts, inviting, log, sendings, work

app_name = "administration"
urlpatterns = [
    path("", work.home, name="home"),
    path("accounts", accounts.listing, name="accounts"),
    path("accounts.csv", accounts.listing_csv, name="accounts_csv"),
    path("accounts/invite", inviting.invite, name="invite"),
    path("accounts/<int:pk>", accounts.detail, name="account"),
    path("accounts/<int:pk>/invite-again", accounts.invite_again, name="invite_again"),
    path("accounts/<int:pk>/role", accounts.change_role, name="role"),
    path("accounts/<int:pk>/reset-password", accounts.reset_password, name="reset_password"),
    path("accounts/<int:pk>/reset-second-factor", accounts.reset_second_factor, name="reset_second_factor"),
    path("accounts/<int:pk>/end", accounts.end, name="end"),
    path("accounts/<int:pk>/reopen", accounts.reopen, name="reopen"),
    path("log", log.listing, name="log"),
    path("log.csv", log.listing_csv, name="log_csv"),
    path("work", work.listing, name="work"),
    path("contacts", contacts.listing, name="contacts"),
    path("contacts/<str:code>", contacts.detail, name="contact"),
    path("sendings", sendings.listing, name="sendings"),
    path("sendings/<int:pk>/again", sendings.again, name="sending_again"),
]
