"""Settings of people's accounts: passwords, second factors and sessions (allauth), lock-out (axes).

Part of config.settings. Nothing here depends on the environment.
"""

from datetime import timedelta

AUTH_USER_MODEL = "members.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name, "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "members:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "members:login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "members.row_security.accounts.AccountBackend"]

# ---- allauth gives second factors and the list of sessions; its pages, texts, letters and limits are not used ---------
ACCOUNT_ADAPTER = "members.portal.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_RATE_LIMITS = False  # each process counts alone; axes counts in PostgreSQL, where the desk sees it
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds for which a second factor counts as fresh
MFA_ADAPTER = "members.portal.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come with the invitation
MFA_RATE_LIMITS = False
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_TOLERANCE = 1  # clocks of closed networks drift; a code counts once all the same
MFA_TOTP_ISSUER = "AIF-Share"

# ---- axes counts failures by user name and address; of second factors by user name alone -----------------------------
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = "members.portal.lockout.get_parameters"
AXES_LOCKOUT_CALLABLE = "members.portal.lockout.show"
AXES_CLIENT_IP_CALLABLE = "config.second_factor.get_ip"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has the logins
AXES_ENABLE_ADMIN = False  # members.admin.lockouts shows what the desk needs
AXES_VERBOSE = False
# What a failed attempt was posted with is stored beside it: nothing of this kind.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "password", "code", "credential", "csrfmiddlewaretoken", "next"]
