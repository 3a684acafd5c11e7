"""Addresses of the portal that belong to `members`."""

from django.urls import path
from django.views.i18n import set_language

from members.portal import account, credentials, factors, help, invitations, login, sessions, step_up, team, webhooks

app_name = "members"

urlpatterns = [
    path("help", help.topic, name="help"),
    path("help/problems", help.problems, name="problems"),
    path("help/<slug:topic>", help.topic, name="help-topic"),
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
    path("portal/team/<str:person>/new-password", team.offer_password, name="offer-password"),
    path("portal/team/<str:person>/reset-factors", team.reset_factors, name="reset-factors"),
    path("portal/keys", credentials.credentials, name="credentials"),
    path("portal/keys/new", credentials.new, name="credential-new"),
    path("portal/keys/register", credentials.register, name="credential-register"),
    path("portal/keys/<str:credential>", credentials.credential, name="credential"),
    path("portal/keys/<str:credential>/rotate", credentials.rotate, name="credential-rotate"),
    path("portal/keys/<str:credential>/revoke", credentials.revoke, name="credential-revoke"),
    path("portal/webhooks", webhooks.webhooks, name="webhooks"),
    path("portal/webhooks/new", webhooks.new, name="webhook-new"),
    path("portal/webhooks/<str:webhook>", webhooks.webhook, name="webhook"),
    path("portal/webhooks/<str:webhook>/edit", webhooks.edit, name="webhook-edit"),
    path("portal/webhooks/<str:webhook>/state", webhooks.set_state, name="webhook-state"),
    path("portal/webhooks/<str:webhook>/test", webhooks.test, name="webhook-test"),
    path("portal/webhooks/<str:webhook>/rotate", webhooks.rotate, name="webhook-rotate"),
    path("portal/webhooks/<str:webhook>/secret", webhooks.secret, name="webhook-secret"),
    path("portal/webhooks/<str:webhook>/delete", webhooks.delete, name="webhook-delete"),
    path("portal/webhooks/<str:webhook>/replay", webhooks.replay_since, name="webhook-replay-since"),
    path("portal/webhooks/<str:webhook>/deliveries/<str:delivery>/replay", webhooks.replay, name="webhook-replay"),
]
