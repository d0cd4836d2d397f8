"""Django settings, derived from config.environment; nothing here is set by an operator directly."""

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import ROOT, environment

SECRET_KEY = environment.signing_key()
SECRET_KEY_FALLBACKS = [key for key in [environment.former_secret_key.get_secret_value()] if key]
DEBUG = environment.debug
ALLOWED_HOSTS = [*environment.host_names(), *([environment.admin_host] if environment.admin_host else [])]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    "rongxin.storage",
    "rongxin.jobs",
    "rongxin.ledger",
    "rongxin.rulebook",
    "rongxin.departments",
    "rongxin.accounts",
    "rongxin.documents",
    "rongxin.workflow",
    "rongxin.subjects",
    "rongxin.notices",
    "rongxin.subjects.mandates",
    "rongxin.records",
    "rongxin.classification",
    "rongxin.intake",
    "rongxin.remedies.inquiries",
    "rongxin.remedies.declarations",
    "rongxin.remedies.unwinding",
    "rongxin.remedies.objections",
    "rongxin.remedies.repairs",
    "rongxin.governance.rules",
    "rongxin.governance.incidents",
    "rongxin.disclosure",
    "rongxin.exchange.recipients",
    "rongxin.ui",
    "rongxin.entrance",
    "rongxin.portal",
    "rongxin.enterprise",
    "rongxin.desk",
    "rongxin.administration",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "rongxin.entrance.askers.Askers",
    "rongxin.entrance.hosts.Hosts",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "rongxin.ui.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rongxin.entrance.sessions.LiveSessions",
    "rongxin.entrance.confirming.FreshProof",
    "rongxin.entrance.unlogged.NothingUnlogged",
    "rongxin.entrance.denials.DenialsTold",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rongxin.ui.context.platform",
            ],
            "builtins": [
                "rongxin.ui.templatetags.rongxin",
                "rongxin.ui.templatetags.classes",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    },
]

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "bulk"]}}

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "rongxin.entrance.askers.Door"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "rongxin.accounts.passwords.NotUsedLately"},
]
LOGIN_URL = "entrance:login"
LOGIN_REDIRECT_URL = "entrance:inside"
LOGOUT_REDIRECT_URL = "entrance:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "entrance/locked.html"
AXES_VERBOSE = False

SESSION_COOKIE_AGE = environment.session_hours * 60 * 60
# The prefix makes browsers refuse a cookie that another host name or plain HTTP has set.
COOKIE_PREFIX = "__Host-" if environment.https else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}rongxin_session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = environment.https
SECURE_HSTS_SECONDS = 31_536_000 if environment.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the platform is one host name of a city's domain
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.https else None
CSRF_FAILURE_VIEW = "rongxin.entrance.faults.forged"
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # subdomains and preloading are not the platform's to say
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "rongxin" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
FORMAT_MODULE_PATH = ["rongxin.ui.formats"]

STATIC_URL = "static/"
STATIC_ROOT = environment.var / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

globals().update(environment.mail())

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"rongxin": {"level": "INFO"}, "axes": {"level": "ERROR"}},
}
