"""Addresses of the way in; the same on every host."""

from django.urls import path

from rongxin.entrance import contacts, invitation, login, security, setting_up

app_name = "entrance"
urlpatterns = [
    path("login", login.Login.as_view(), name="login"),
    path("login/code", login.code, name="code"),
    path("login/setup", setting_up.setup, name="setup"),
    path("login/inside", login.go_inside, name="inside"),
    path("logout", login.logout, name="logout"),
    path("invitation/<str:word>", invitation.page, name="invitation"),
    path("account", security.page, name="security"),
    path("account/password", security.password, name="password"),
    path("account/factor", security.another_factor, name="factor"),
    path("account/contacts", contacts.page, name="contacts"),
    path("account/keys/<int:pk>/remove", security.remove_key, name="key_remove"),
    path("account/recovery-codes", security.recovery_codes, name="recovery_codes"),
    path("account/recovery-codes.txt", setting_up.codes_file, name="recovery_codes_file"),
    path("account/everywhere", security.everywhere, name="everywhere"),
]
