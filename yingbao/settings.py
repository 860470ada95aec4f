"""How the platform is configured: everything that differs between places comes from the environment. 配置

Nothing secret has a default outside the demonstration: without YINGBAO_SECRET_KEY and YINGBAO_KEYS the
platform starts only in demonstration mode (YINGBAO_DEMO=1), which makes its own under YINGBAO_HOME.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

PROJECT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("YINGBAO_HOME") or PROJECT / "var")
"""Where the embedded database and everything else that is made at run time lie."""
DEMO = os.environ.get("YINGBAO_DEMO") == "1"


def _database() -> dict[str, object]:
    """The database that YINGBAO_DATABASE_URL names, or the embedded one."""
    url = os.environ.get("YINGBAO_DATABASE_URL")
    common: dict[str, object] = {
        "ENGINE": "yingbao.postgres",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        # Indexes lie in memory or on flash, and no statement of ours is long enough to be worth compiling. Requests
        # come many at once: none of them gets a second processor.
        "OPTIONS": {"options": "-c random_page_cost=1.1 -c jit=off -c max_parallel_workers_per_gather=0"},
    }
    if not url:
        return common | {"EMBEDDED": str(HOME / "postgres"), "NAME": "yingbao", "USER": "postgres"}
    parts = urlsplit(url)
    return common | {
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


DATABASES = {"default": _database()}
GATEWAYS = Path(os.environ.get("YINGBAO_GATEWAYS") or HOME / "gateways")
"""Where configuration and keys of the channels lie: wechat, alipay, sms and wechat_account.toml, and what they name."""
SIGNING = Path(os.environ.get("YINGBAO_SIGNING") or HOME / "signing")
"""Where the key and certificates lie that electronic receipts are signed with."""
PLATFORM_URL = (os.environ.get("YINGBAO_URL") or "http://localhost:8000").rstrip("/")
"""Where the public reaches the platform; it stands in the QR code of every receipt."""
SYSLOG = os.environ.get("YINGBAO_SYSLOG", "")
"""Where the trail is sent besides: udp://host:514, tcp://host:601, tls://host:6514?ca=file or unix:///dev/log."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = os.environ.get("YINGBAO_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("YINGBAO_HOSTS", "localhost,127.0.0.1").split(",") if host]
HTTPS = os.environ.get("YINGBAO_HTTPS") == "1"
CLOCK = os.environ.get("YINGBAO_CLOCK", "")
"""A moment to start the platform's clock at (ISO, China time), for demonstrations and tests; empty: the real time."""
CLOCK_SINCE = os.environ.get("YINGBAO_CLOCK_SINCE", "")
"""The true moment, in seconds of the epoch, at which it stood there; empty: when each process started."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "procrastinate.contrib.django",
    "yingbao.agents",
    "yingbao.ledger",
    "yingbao.people",
    "yingbao.enrolment",
    "yingbao.supervision",
    "yingbao.cases",
    "yingbao.declaration",
    "yingbao.collection",
    "yingbao.survey",
    "yingbao.cards",
    "yingbao.messages",
    "yingbao.families",
    "yingbao.publicity",
    "yingbao.campaign",
    "yingbao.trail",
    "yingbao.spreadsheet",
    "yingbao.jobs",
    "yingbao.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yingbao.web.middleware.desk",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "yingbao.web.urls"
WSGI_APPLICATION = "yingbao.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["yingbao.web.templatetags.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "agents.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
SECOND_FACTOR = os.environ.get("YINGBAO_SECOND_FACTOR", "0" if DEMO else "1") == "1"
"""Whether a user must have a second factor; who has one is asked for it in any case."""
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_ENGINE = "yingbao.web.session_store"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 60 * 1024 * 1024

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("YINGBAO_LOG", "WARNING")},
}
