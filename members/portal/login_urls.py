"""Addresses that allauth calls by names of its own. The rest of the portal uses those of `members`."""

from django.urls import path

from members.portal import account, factors, login, step_up

urlpatterns = [
    path("portal/login", login.Login.as_view(), name="account_login"),
    path("portal/login/factor", login.SecondFactor.as_view(), name="mfa_authenticate"),
    path("portal/login/passkey", login.PasskeyLogin.as_view(), name="mfa_login_webauthn"),
    path("portal/confirm", step_up.confirm, name="account_reauthenticate"),
    path("portal/confirm", step_up.confirm, name="mfa_reauthenticate"),
    path("portal/confirm", step_up.confirm, name="mfa_reauthenticate_webauthn"),
    path("portal/account", account.account, name="mfa_index"),
    path("portal/account/recovery-codes", factors.recovery_codes, name="mfa_view_recovery_codes"),
]
