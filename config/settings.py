"""Settings of every process, from the environment only (config/env.py says how a variable is read).

AIF_ENV: `embedded` (the stack of config.stack on one machine), `production`, or `test` (linters, schema tools and
tests; missing variables get placeholders). docs/deploy.md lists every variable.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from clues.vault import holders
from config import env, limits
from config.accounts import *  # noqa: F403 - people's accounts
from config.broker import *  # noqa: F403 - Celery

BASE_DIR = Path(__file__).resolve().parent.parent

AIF_ENV = env.choice("AIF_ENV", ("embedded", "production", "test"))
PRODUCTION = AIF_ENV == "production"
AIF_PROCESS = env.choice("AIF_PROCESS", ("web", "desk", "worker", "beat", "sequencer", "manage"), "manage")

# ---- the product's own ----------------------------------------------------------------------------------------------
AIF_DATA = Path(env.text("AIF_DATA"))
AIF_PUBLIC_URL = env.text("AIF_PUBLIC_URL").rstrip("/")
AIF_DISCLOSURE_TICK = env.number("AIF_DISCLOSURE_TICK", 1.0)  # seconds
if PRODUCTION:
    limits.tick("AIF_DISCLOSURE_TICK", AIF_DISCLOSURE_TICK)
AIF_REFERENCE_KEY = env.key_bytes("AIF_REFERENCE_KEY", 32).hex()
# Second factors and webhook secrets are sealed under the newest; without any, under AIF_REFERENCE_KEY: members.models.sealing.
AIF_SEALS = env.peppers("AIF_SEALS", "")
AIF_QUEUE_MAX_AGE = env.number("AIF_QUEUE_MAX_AGE", 600)  # seconds that a batch waits before new ones are refused
# Who web acts for is signed under the newest of these, {id: 32 bytes}, and checked in the database: members.row_security.
AIF_CONTEXT_KEYS = env.peppers("AIF_CONTEXT_KEYS", None if AIF_PROCESS == "web" else "")
AIF_PEPPERS = env.peppers("AIF_PEPPERS")  # {id: 32 bytes}, newest last
# Keys that wrap the keys of evidence, {id: 32 bytes, or who holds it}, newest last; whoever keeps none opens nothing.
AIF_KEKS = env.keks("AIF_KEKS", None if AIF_PROCESS in ("web", "desk", "worker") else "", holders.names())
AIF_KEK_HOLDER = env.text(
    "AIF_KEK_HOLDER", None if "command" in AIF_KEKS.values() else ""
)  # clues.vault.holders.command
AIF_EVIDENCE = Path(env.text("AIF_EVIDENCE", str(AIF_DATA / "evidence")))  # one encrypted file an object
AIF_LOG_ORIGIN = env.text("AIF_LOG_ORIGIN", urlsplit(AIF_PUBLIC_URL).netloc + "/log")  # what checkpoints are named
# They sign them (Ed25519), newest last; each names the next one to whoever pinned it.
AIF_LOG_KEYS = env.keys("AIF_LOG_KEY", 32) if AIF_PROCESS == "sequencer" else []
AIF_CUSTODIAN_URL = env.text("AIF_CUSTODIAN_URL", "").rstrip("/")  # the platform's own custodian; worker only
AIF_CUSTODIAN_OPERATOR_TOKEN = env.text("AIF_CUSTODIAN_OPERATOR_TOKEN", "")
AIF_PACKAGE_SIGNER = env.text("AIF_PACKAGE_SIGNER", "")  # PEM of a key and its certificate: signs packages; worker only
AIF_WEBHOOK_ALLOW_CIDRS = env.networks("AIF_WEBHOOK_ALLOW_CIDRS", "")  # where webhooks may go though not public
if PRODUCTION:
    limits.inner("AIF_WEBHOOK_ALLOW_CIDRS", AIF_WEBHOOK_ALLOW_CIDRS)
# What webhooks tell of is kept above the package that sends them.
AIF_WEBHOOK_EVENTS = "clues.events.feed.describe"
AIF_WEBHOOK_KINDS = "clues.events.TOLD_KINDS"
AIF_NOTIFICATION_RULES = "clues.events.notification_rules.RULES"
AIF_EMBEDDED_CUSTODIANS: list[dict[str, str]] = env.document("AIF_EMBEDDED_CUSTODIANS", "[]")

# ---- Django ---------------------------------------------------------------------------------------------------------
# Newest last: by the last one sessions and forms are signed, by any of them they are known.
*SECRET_KEY_FALLBACKS, SECRET_KEY = env.lines("AIF_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.words("AIF_ALLOWED_HOSTS", None if PRODUCTION else "localhost,127.0.0.1,[::1]")
ROOT_URLCONF = "config.urls"  # the desk process: config.urls_desk, see wsgi_desk.py
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",  # the files of /api/v1/docs
    "members",
    "clues",
]

MIDDLEWARE = [
    "members.api.middleware.RequestIdMiddleware",  # outermost: every answer and log line carries the id
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.PagePolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.PageSession",
    "config.middleware.PageLocale",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.PageAuthentication",
    "config.middleware.PageMessages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.second_factor.FactorRequired",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
            ],
        },
    },
]

# ---- PostgreSQL -----------------------------------------------------------------------------------------------------
AIF_DB_OWNER = env.boolean("AIF_DB_OWNER", False)  # migrations: log in as DATABASE_ADMIN_URL and become aif_owner
_STATEMENT_TIMEOUT = {
    "web": "30s",
    "desk": "30s",
    "worker": "10min",
    "beat": "30s",
    "sequencer": "30s",
    "manage": "30min",
}[AIF_PROCESS]
_SESSION = {
    "statement_timeout": "0" if AIF_DB_OWNER else _STATEMENT_TIMEOUT,
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "20s" if AIF_PROCESS in ("web", "desk") else "0",
    # Asked for by each session: no setting of a server, a database or a role makes an acknowledgment come before the disk.
    "synchronous_commit": "on",
}
_ADDRESS = env.database("DATABASE_ADMIN_URL" if AIF_DB_OWNER else "DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "config.postgresql",
        **_ADDRESS,
        "BECOME": "aif_owner" if AIF_DB_OWNER else "",
        # gthread keeps its threads, so each thread keeps its connection; the check makes a restarted server harmless.
        "CONN_MAX_AGE": 600 if AIF_PROCESS in ("web", "desk", "worker", "sequencer") else 0,
        "CONN_HEALTH_CHECKS": AIF_PROCESS in ("web", "desk", "worker", "sequencer"),
        "OPTIONS": {
            "application_name": f"aif-{AIF_PROCESS}",
            "connect_timeout": 5,
            "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
            **_ADDRESS.get("OPTIONS", {}),  # how the server proves itself
        },
        "TEST": {"MIGRATE": True},
    },
}

# ---- people, sessions, browser --------------------------------------------------------------------------------------
SESSION_ENGINE = "members.row_security.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "aif_desk_session" if AIF_PROCESS == "desk" else "aif_session"  # cookies ignore ports
CSRF_COOKIE_NAME = "aif_desk_csrf" if AIF_PROCESS == "desk" else "aif_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the container engine, inside
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
AIF_TRUST_PROXY = env.boolean("AIF_TRUST_PROXY", False)  # only behind a proxy that sets these headers itself
if AIF_TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [AIF_PUBLIC_URL] if PRODUCTION else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

# ---- language, time, static files -----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # pages; the API speaks UTC, and so does the database

STATIC_URL = "static/"
# The second holds what config/frontend/build.mjs made of the browser's files.
STATICFILES_DIRS = [path for path in [BASE_DIR / "config" / "static", BASE_DIR / "var" / "static"] if path.is_dir()]
# Collected in production only (the image's build does it); elsewhere files are served from where they lie.
STATIC_ROOT = env.text("AIF_STATIC_ROOT", str(BASE_DIR / "var" / "collected")) if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is uploaded to a folder
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
# No request body may land on disk as a file of Django's: large bodies are read as a stream by their own views.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = env.text("AIF_TMP", "") or None
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024  # agreements at the desk; what is larger has no handler

# Per process, and never the place of anything that must hold: quotas and idempotency live in PostgreSQL.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# ---- REST -----------------------------------------------------------------------------------------------------------
AIF_RATE_LIMIT = env.rate("AIF_RATE_LIMIT", "200000/minute")  # requests of one institution, to all processes together
AIF_SCREENING_STANDING = "clues.fishing.standing.get_for_me"  # and here, whether the institution may screen
AIF_QUOTAS_USED = "clues.quotas.get_used"  # GET /me asks here: quotas are counted above the package that answers it
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["members.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["members.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["members.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["members.api.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "members.api.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # the form of an answer is asked for by Accept
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AIF-Share",
    "DESCRIPTION": "Anti-fraud intelligence shared as tokens. Errors are RFC 9457 problems with a stable `code`.",
    "VERSION": "1",
    "LICENSE": {"name": "Apache-2.0"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["members.api.schema_hooks.only_the_api"],
    # Choices stand where they are used: many things have a `state`, each with its own.
    "POSTPROCESSING_HOOKS": ["members.api.schema_hooks.complete"],
}

# ---- e-mail: the embedded stack writes files below AIF_DATA; elsewhere none is sent without AIF_EMAIL_HOST -------------
EMAIL_HOST = env.text("AIF_EMAIL_HOST", "")
EMAIL_PORT = int(env.number("AIF_EMAIL_PORT", 587))
EMAIL_HOST_USER = env.text("AIF_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("AIF_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("AIF_EMAIL_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("AIF_EMAIL_FROM", "aif-share@localhost")
_MAIL = "django.core.mail.backends."
EMAIL_BACKEND = _MAIL + "smtp.EmailBackend" if EMAIL_HOST else "" if PRODUCTION else _MAIL + "filebased.EmailBackend"
EMAIL_FILE_PATH = str(AIF_DATA / "mail")

# ---- logs: one JSON object a line, to standard output, never a body ---------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            # What a command prints may be read by a program: its log goes beside it.
            "stream": "ext://sys.stderr" if AIF_PROCESS == "manage" else "ext://sys.stdout",
            "formatter": "json",
        },
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stdout"], "level": env.text("AIF_LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"level": "INFO", "propagate": True, "handlers": []},
        "django.server": {"level": "WARNING", "propagate": True, "handlers": []},
        "celery": {"level": "WARNING", "propagate": True},  # a line for every ring of the bell would bury the rest
        # An answer of 4xx is not an event of ours, and the line would quote the path.
        "django.request": {"level": "ERROR", "propagate": True},
        "django.security": {"level": "ERROR", "propagate": True},
        # It quotes the header.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        "httpx": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
        # They tell of every step of a page, and quote what they cannot read.
        "weasyprint": {"level": "CRITICAL"},
        "fontTools": {"level": "CRITICAL"},
    },
}
