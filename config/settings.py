"""What does this installation do differently from the next? Everything here that can differ comes from the environment.

`docs/reference/settings.md` has a paragraph for every variable, and `config/checks.py` a check with its cure.
"""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.templatetags.static import static
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from config.colors import PRIMARY
from config.environment import FILE_VARIABLE, Environment
from config.postgres import queue_apps, with_quick_plans
from config.private_files import OWNER_ONLY, keep_private
from config.sources import source_addresses
from config.translations import compiled, offered

# Django's own classes learn to be written as generics, ModelAdmin[Company], as they are in django-stubs
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ, file=Path(os.environ.get(FILE_VARIABLE) or BASE_DIR / ".env"))

# Which kind of installation ------------------------------------------------------------------------------------------

# A name that nobody knows counts as production: the strict one
TIEOUT_ENV = env.choice("TIEOUT_ENV", "development", of=("development", "production"), otherwise="production")
PRODUCTION = TIEOUT_ENV == "production"
DEBUG = env.flag("TIEOUT_DEBUG", default=not PRODUCTION)

TIEOUT_DATA_DIR = Path(env.text("TIEOUT_DATA_DIR", str(BASE_DIR / "var")))
with suppress(OSError):  # a folder that cannot be made is reported by a check
    TIEOUT_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# Secrets -------------------------------------------------------------------------------------------------------------

DEVELOPMENT_SECRET_KEY = "django-insecure-for-development-only-and-refused-in-production"
DEVELOPMENT_ENCRYPTION_KEY = base64.urlsafe_b64encode(hashlib.sha256(b"Tieout, development only").digest()).decode()

SECRET_KEY = env.text("TIEOUT_SECRET_KEY", DEVELOPMENT_SECRET_KEY)
# The first key encrypts, every one decrypts: put a new key in front, and leave the old ones until all is rewritten
TIEOUT_ENCRYPTION_KEYS = env.names("TIEOUT_ENCRYPTION_KEYS", [] if PRODUCTION else [DEVELOPMENT_ENCRYPTION_KEY])

# Where it is reached, and how safely ---------------------------------------------------------------------------------

ALLOWED_HOSTS = env.names("TIEOUT_ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
BEHIND_PROXY = env.flag("TIEOUT_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
_proxies = env.number("TIEOUT_PROXIES", 1, least=1)
# How many entries of X-Forwarded-For, counted from its end, our own proxies wrote
TRUSTED_PROXIES = _proxies if BEHIND_PROXY else 0

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # those who ask after our health come from inside, over plain http
SECURE_HSTS_SECONDS = env.number("TIEOUT_HSTS_SECONDS", 31_536_000 if PRODUCTION else 0, least=0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.number("TIEOUT_SESSION_HOURS", 12, least=1) * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # whether a promise of https covers other sub-domains is for the owner of the domain to say
    "security.W021",  # and so is a place on the browsers' preload lists
]

# QuickBooks ----------------------------------------------------------------------------------------------------------

# Intuit's own addresses; sandbox and production share all but the first
INTUIT_API_URLS = {
    "production": "https://quickbooks.api.intuit.com",
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
}
INTUIT_AUTHORIZE_URL = "https://appcenter.intuit.com/connect/oauth2"
INTUIT_TOKEN_URL = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"
INTUIT_REVOKE_URL = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"

TIEOUT_QUICKBOOKS_ENVIRONMENT = env.choice(
    "TIEOUT_QUICKBOOKS_ENVIRONMENT",
    "production" if PRODUCTION else "sandbox",
    of=("production", "sandbox", "rehearsal"),
)
# A rehearsal company answers as QuickBooks does, at one address for everything, which may be plain http
TIEOUT_REHEARSAL_URL = env.text("TIEOUT_REHEARSAL_URL", "" if PRODUCTION else "http://127.0.0.1:8765").rstrip("/")
# Whether a rehearsal company keeps to Intuit's limits, so that they can be rehearsed (--limits on)
TIEOUT_REHEARSAL_LIMITS = env.flag("TIEOUT_REHEARSAL_LIMITS", default=False)
_rehearsing = TIEOUT_QUICKBOOKS_ENVIRONMENT == "rehearsal"


def _quickbooks_url(name: str, intuit: str, *, rehearsal_path: str) -> str:
    default = f"{TIEOUT_REHEARSAL_URL}{rehearsal_path}" if _rehearsing else intuit
    return env.text(name, default).rstrip("/")


TIEOUT_QUICKBOOKS_API_URL = _quickbooks_url(
    "TIEOUT_QUICKBOOKS_API_URL", INTUIT_API_URLS.get(TIEOUT_QUICKBOOKS_ENVIRONMENT, ""), rehearsal_path=""
)
TIEOUT_QUICKBOOKS_AUTHORIZE_URL = _quickbooks_url(
    "TIEOUT_QUICKBOOKS_AUTHORIZE_URL", INTUIT_AUTHORIZE_URL, rehearsal_path="/connect/oauth2"
)
TIEOUT_QUICKBOOKS_TOKEN_URL = _quickbooks_url(
    "TIEOUT_QUICKBOOKS_TOKEN_URL", INTUIT_TOKEN_URL, rehearsal_path="/oauth2/v1/tokens/bearer"
)
TIEOUT_QUICKBOOKS_REVOKE_URL = _quickbooks_url(
    "TIEOUT_QUICKBOOKS_REVOKE_URL", INTUIT_REVOKE_URL, rehearsal_path="/v2/oauth2/tokens/revoke"
)
TIEOUT_QUICKBOOKS_CLIENT_ID = env.text("TIEOUT_QUICKBOOKS_CLIENT_ID", "")
TIEOUT_QUICKBOOKS_CLIENT_SECRET = env.text("TIEOUT_QUICKBOOKS_CLIENT_SECRET", "")
# A second app, or the development keys of the same: with them rehearsal companies are Intuit's own test companies
TIEOUT_SANDBOX_CLIENT_ID = env.text("TIEOUT_SANDBOX_CLIENT_ID", "")
TIEOUT_SANDBOX_CLIENT_SECRET = env.text("TIEOUT_SANDBOX_CLIENT_SECRET", "")
TIEOUT_QUICKBOOKS_REDIRECT_URI = env.text(
    "TIEOUT_QUICKBOOKS_REDIRECT_URI", "" if PRODUCTION else "http://localhost:8000/sync/quickbooks/callback/"
)
TIEOUT_SOURCES = source_addresses(env, production=PRODUCTION)
TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS = env.names("TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS", [])
# Where sources reach this server; empty where they cannot
TIEOUT_PUBLIC_URL = env.text("TIEOUT_PUBLIC_URL", "").rstrip("/")
TIEOUT_HIGHLEVEL_AGENCY = env.flag("TIEOUT_HIGHLEVEL_AGENCY", False)
TIEOUT_HIGHLEVEL_WEBHOOK_KEYS = env.names("TIEOUT_HIGHLEVEL_WEBHOOK_KEYS", [])

# Help ----------------------------------------------------------------------------------------------------------------

# As the pages of help and setup say them; left empty, a sentence that fits any installation is there
TIEOUT_SUPPORT_HOURS = env.text("TIEOUT_SUPPORT_HOURS", "")
TIEOUT_SUPPORT_CONTACT = env.text("TIEOUT_SUPPORT_CONTACT", "")
TIEOUT_DOCS = BASE_DIR / "docs"  # shown under Help, so they belong to what is installed

# Applications --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Unfold's templates replace the admin's own, so they come first
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "config.apps.TieoutConfig",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_tables2",
    "django_filters",
    "simple_history",
    "axes",
    "companies",
    "mapping",
    "sync",
    "setup",
    "reconciliation",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.NoCopiesMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    # Above all that reads the database: the session, the person, the view
    "config.middleware.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # After the person is known, and before anything that draws a page
    "companies.languages.PersonLanguageMiddleware",
    # It draws a page, so it comes after language and person; nothing above it reads what was sent
    "config.middleware.RequestSizeMiddleware",
    # A view is closed to strangers unless it says otherwise: forgetting a decorator cannot open a page
    "config.signed_out.SignedOutMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.OwnNotFoundMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "companies.screen.CompanyClockMiddleware",
    "setup.gate.SetupOrderMiddleware",
    "axes.middleware.AxesMiddleware",  # the last one, so that its answer to one attempt too many is not changed
]

CSRF_FAILURE_VIEW = "config.signed_out.csrf_failure"
ROOT_URLCONF = "config.urls"
FORM_RENDERER = "config.form_drawing.FieldRenderer"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.i18n",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.look",
            ],
        },
    },
]

# Database ------------------------------------------------------------------------------------------------------------

# IMMEDIATE: a transaction that will write takes the lock when it begins, and waits its turn, where the default would
# fail in the middle with "database is locked". WAL: a reader never waits for a writer.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
}
DATABASE = env.database("DATABASE_URL", f"sqlite:///{TIEOUT_DATA_DIR.absolute() / 'tieout.sqlite3'}")
if "sqlite3" in DATABASE["ENGINE"]:
    DATABASE["OPTIONS"] = {**SQLITE_OPTIONS, **DATABASE.get("OPTIONS", {})}
    if DATABASE["NAME"] != ":memory:":
        keep_private(Path(DATABASE["NAME"]))
else:
    DATABASE = with_quick_plans(DATABASE) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASES = {"default": DATABASE}

# Workers -------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [*queue_apps(DATABASE), *INSTALLED_APPS]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["sync.jobs.tasks", "reconciliation.jobs"]
# How long after its last turn a company is served again
TIEOUT_SYNC_MINUTES = env.number("TIEOUT_SYNC_MINUTES", 5, least=1)

# Screens -------------------------------------------------------------------------------------------------------------

# Screens that rooms below theirs lead to: those rooms ask for them by these names (companies.screen.ops_address)
OPS_SCREENS = {
    "orders": "reconciliation:orders",
    "order_statuses": "reconciliation:order_statuses",
    "desktop": "reconciliation:desktop",
    "desktop_lists": "reconciliation:desktop_lists",
    "history_restore": "mapping:history_restore",
    "home": "reconciliation:home",
    "import_items": "reconciliation:import_items",
    "import_orders": "reconciliation:import_orders",
    "customer_decisions": "reconciliation:customer_decisions",
    "integrations": "reconciliation:integrations",
    "issues": "reconciliation:issues",
    "match_customers": "reconciliation:match_customers",
    "match_items": "reconciliation:match_items",
    "new_items": "reconciliation:new_items",
    "setup": "setup:setup",
    "what_if": "reconciliation:what_if",
    "what_if_product": "reconciliation:what_if_product",
}

# People --------------------------------------------------------------------------------------------------------------

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# How attempts to sign in are counted, and for how long one waits: config/attempts.py
AXES_HANDLER = "config.attempts.GrowingWaits"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_FAILURE_LIMIT = 1  # the handler says one for a wait, and none for no wait
AXES_COOLOFF_TIME = timedelta(days=1)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "config.attempts.name_of"
AXES_CLIENT_IP_CALLABLE = "config.callers.address_of"
AXES_CLIENT_STR_CALLABLE = "config.attempts.who"
AXES_LOCKOUT_CALLABLE = "config.views.too_many_attempts"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["csrfmiddlewaretoken"]
AXES_ENABLE_ADMIN = False  # mapping/admin/attempts.py shows them, to each administrator those of their own people
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Language, dates -----------------------------------------------------------------------------------------------------

# In which is worked, and in which texts are kept: what runs for no person in particular never leaves it
LANGUAGE_CODE = "en"
# What commands speak, and pages to a visitor whose browser asks for none of ours
TIEOUT_LANGUAGE = env.choice("TIEOUT_LANGUAGE", "en", of=("en", "ro"))
# Translations are written in locale/, and brought into the form that Django reads when a process starts
LOCALE_PATHS = compiled(BASE_DIR / "locale", TIEOUT_DATA_DIR / "locale")
# English is the source. A language can be chosen once its translation is whole; half a translation is none
LANGUAGES = [("en", _("English"))] + [
    (code, name) for code, name in [("ro", _("Romanian"))] if code in offered(LOCALE_PATHS)
]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # moments are stored so; a document bears the day that its company's own time zone had

# Files ---------------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = TIEOUT_DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = OWNER_ONLY, 0o700
# One file that a person sends. What a page sends beside it is little; the proxy in front has to let both through:
# docs/howto/go-live.md
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_REQUEST = LARGEST_FILE + 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if PRODUCTION:
    STATIC_ROOT = BASE_DIR / "staticfiles"
    STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
else:
    # Served straight from the folders they live in, by whichever server runs: nothing has to be collected first
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True

# What it writes down -------------------------------------------------------------------------------------------------

TIEOUT_LOG_LEVEL = env.choice("TIEOUT_LOG_LEVEL", "INFO", of=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": TIEOUT_LOG_LEVEL},
    "loggers": {
        # At DEBUG these two write tokens and whole headers into the log, whatever level the rest has
        "requests_oauthlib": {"level": "INFO"},
        "oauthlib": {"level": "INFO"},
        # Each job's beginning and end; what went wrong in one is more than that
        "procrastinate": {"level": "WARNING"},
        # Who failed to sign in, and from where, is a warning; the rest is its bookkeeping
        "axes": {"level": "WARNING"},
    },
}

# Tables, history, spreadsheets ---------------------------------------------------------------------------------------

DJANGO_TABLES2_TEMPLATE = "django_tables2/table.html"
SIMPLE_HISTORY_REVERT_DISABLED = True  # history is read, never rewritten

# Look ----------------------------------------------------------------------------------------------------------------

_static = lazy(static, str)
UNFOLD = {
    "SITE_TITLE": "Tieout",
    "SITE_HEADER": "Tieout",
    "SITE_URL": "/",
    "SITE_SYMBOL": "balance",
    "SCRIPTS": [_static("tieout/icons.js"), _static("tieout/files.js")],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _static("tieout/favicon.svg")}],
    "SHOW_LANGUAGES": "config.navigation.has_several_languages",
    "ENVIRONMENT": "config.navigation.environment_badge",
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": PRIMARY},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "config.navigation.sidebar",
    },
}

# What the checks look at ---------------------------------------------------------------------------------------------

TIEOUT_VARIABLES = tuple(env.asked)
TIEOUT_MALFORMED = tuple(env.malformed)
TIEOUT_MISSING_ENV_FILE = env.unread_file
TIEOUT_UNKNOWN_VARIABLES = tuple(env.unknown(prefix="TIEOUT_"))
