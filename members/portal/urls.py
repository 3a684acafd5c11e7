"""Addresses of the portal that belong to `members`."""

from django.urls import path
from django.views.i18n import set_language

from members.portal import account, factors, help, invitations, login, sessions, step_up, team

app_name = "members"

urlpatterns = [
    path("help/problems", help.problems, name="problems"),
    path("portal/login", login.Login.as_view(), name="login"),
    path("portal/logout", login.logout, name="logout"),
    path("portal/confirm", step_up.confirm, name="confirm"),
    path("portal/language", set_language, name="language"),
    path("portal/invitation/<str:token>", invitations.accept, name="invitation"),
    path("portal/enroll", factors.enroll, name="enroll"),
    path("portal/enroll/app", factors.add_totp, name="enroll-totp"),
    path("portal/enroll/passkey", factors.add_passkey, name="enroll-passkey"),
    path("portal/account", account.account, name="account"),
    path("portal/password", account.password, name="password"),
    path("portal/account/factors/<str:factor>/remove", factors.remove, name="remove-factor"),
    path("portal/account/recovery-codes", factors.recovery_codes, name="recovery-codes"),
    path("portal/account/recovery-codes.txt", factors.recovery_codes_file, name="recovery-codes-file"),
    path("portal/account/recovery-codes/new", factors.renew_recovery_codes, name="new-recovery-codes"),
    path("portal/account/sessions/end-others", sessions.end_others, name="end-other-sessions"),
    path("portal/account/sessions/<str:session>/end", sessions.end, name="end-session"),
    path("portal/team", team.team, name="team"),
    path("portal/team/invite", invitations.invite, name="invite"),
    path("portal/team/invitations/<str:invitation>/resend", invitations.resend, name="resend-invitation"),
    path("portal/team/invitations/<str:invitation>/revoke", invitations.revoke, name="revoke-invitation"),
    path("portal/team/<str:person>", team.person, name="person"),
    path("portal/team/<str:person>/role", team.set_role, name="set-role"),
    path("portal/team/<str:person>/deactivate", team.deactivate, name="deactivate"),
    path("portal/team/<str:person>/reactivate", team.reactivate, name="reactivate"),
    path("portal/team/<str:person>/reset-factors", team.reset_factors, name="reset-factors"),
]
