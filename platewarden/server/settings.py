"""One settings file. What the policy decides is never here: it is a row with an author, a date and a ledger line.

Two facts come from outside: where the data folder is (`PLATEWARDEN_DATA`), and which process this is
(`PLATEWARDEN_PROCESS`: web, intake, worker or owner), which decides the one login that the process may open. Everything
else is read from the data folder by strict readers that refuse to start on anything odd.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from platewarden.policy.refusal import Malformed
from platewarden.server.config import ServerConfig

PROCESSES = {
    "web": {"default": "app", "login": "login"},
    "intake": {"default": "ingest"},
    "worker": {"default": "purge"},
    "owner": {"default": "owner"},
}

PROCESS = os.environ.get("PLATEWARDEN_PROCESS", "")
if PROCESS not in PROCESSES:
    raise Malformed(f"PLATEWARDEN_PROCESS is “{PROCESS}”; it is one of {', '.join(PROCESSES)}. Start it with `platewarden serve`.")
if not os.environ.get("PLATEWARDEN_DATA"):
    raise Malformed("PLATEWARDEN_DATA is not set: it names the data folder that `platewarden setup` made.")

CONFIG = ServerConfig.load(Path(os.environ["PLATEWARDEN_DATA"]))
ROLE_PREFIX = CONFIG.role_prefix


def _login(role: str) -> dict[str, Any]:
    known = CONFIG.connection(role)
    many = PROCESS in ("web", "intake")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": known.host,
        "PORT": known.port,
        "NAME": known.dbname,
        "USER": known.user,
        "PASSWORD": known.password,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            **known.options,
            "options": "-c search_path=office,pg_catalog -c timezone=UTC",
            "application_name": f"platewarden {PROCESS}",
            **({"pool": {"min_size": 1, "max_size": 12, "timeout": 10}} if many else {}),
        },
    }


DATABASES = {alias: _login(role) for alias, role in PROCESSES[PROCESS].items()}
DATABASE_ROUTERS = ["platewarden.server.database.logins.SignInTables"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = CONFIG.read_secret("django.key").hex()
DEBUG = False
ALLOWED_HOSTS = CONFIG.allowed_hosts
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
ROOT_URLCONF = "platewarden.server.unit_api.urls" if PROCESS == "intake" else "platewarden.server.urls"
ASGI_APPLICATION = "platewarden.server.asgi.application"

ROOMS = [
    f"platewarden.server.{room}"
    for room in (
        "ledger",
        "people",
        "access",
        "equipment",
        "hotlists",
        "reads",
        "alerts",
        "investigations",
        "retention",
        "evidence",
        "release",
        "audits",
        "complaints",
        "proof",
        "web",
    )
]
FOR_PAGES = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *([] if PROCESS == "intake" else FOR_PAGES),
    *ROOMS,
]

MIDDLEWARE = (
    ["platewarden.server.unit_api.translator.Translator"]
    if PROCESS == "intake"
    else [
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "csp.middleware.CSPMiddleware",
        "platewarden.server.web.watch.Stopwatch",
        "platewarden.server.web.headers.Headers",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "platewarden.server.web.translator.Translator",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "platewarden.server.web.gate.Gate",
    ]
)

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "access" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "platewarden.server.web.shell.shell",
            ],
        },
    }
]

# Sign-in: member number and password, then always a second factor (access/login.py, access/lockout.py).
AUTH_USER_MODEL = "people.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("number", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_ADAPTER = "platewarden.server.access.login.SignIn"
MFA_ADAPTER = "platewarden.server.access.second_factor.SecondFactor"
MFA_FORMS = {
    "authenticate": "platewarden.server.access.second_factor.AuthenticateForm",
    "reauthenticate": "platewarden.server.access.second_factor.ReauthenticateForm",
    "add_webauthn": "platewarden.server.access.passkey.AddPasskeyForm",
    "authenticate_webauthn": "platewarden.server.access.passkey.AuthenticateByPasskeyForm",
    "reauthenticate_webauthn": "platewarden.server.access.passkey.ReauthenticateByPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a PIN, a finger or a face: a key that lies about is nobody's second factor
MFA_TOTP_ISSUER = "Platewarden"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Our own lockout is the record (5 in 15 minutes, until released); the library's limiter is raised out of its way.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "300/m/ip,300/m/key"}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.is_tls
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SECURE_HSTS_SECONDS = 31536000 if CONFIG.is_tls else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "platewarden.server.web.translator.csrf_failed"
CSRF_TRUSTED_ORIGINS = [CONFIG.public_origin]
DATA_UPLOAD_MAX_MEMORY_SIZE = 33 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = None  # served from the package itself: nothing to collect, nothing to forget
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_plates": {"()": "platewarden.server.web.logs.NoPlates"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["no_plates"], "formatter": "line"}},
    "formatters": {"line": {"()": "platewarden.server.web.logs.JsonLines"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "platewarden": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "WARNING"},
    },
}
