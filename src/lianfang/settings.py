"""Settings. Everything a site may change is an environment variable, listed in docs/reference/settings.md."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from lianfang.core import vault
from lianfang.jobs.demo_logins import LOGINS
from lianfang.jobs.trouble import Trouble
from lianfang.web.security import settings_fragment as guard
from lianfang.web.security.settings_fragment import (  # noqa: F401 - settings by being here
    ACCOUNT_ADAPTER,
    ACCOUNT_EMAIL_NOTIFICATIONS,
    ACCOUNT_EMAIL_VERIFICATION,
    ACCOUNT_FORMS,
    ACCOUNT_LOGIN_METHODS,
    ACCOUNT_LOGIN_ON_PASSWORD_RESET,
    ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE,
    ACCOUNT_PRESERVE_USERNAME_CASING,
    ACCOUNT_RATE_LIMITS,
    ACCOUNT_SESSION_REMEMBER,
    ACCOUNT_SIGNUP_FIELDS,
    ACCOUNT_USER_MODEL_EMAIL_FIELD,
    ACCOUNT_USER_MODEL_USERNAME_FIELD,
    AXES_COOLOFF_TIME,
    AXES_ENABLE_ADMIN,
    AXES_FAILURE_LIMIT,
    AXES_LOCKOUT_CALLABLE,
    AXES_LOCKOUT_PARAMETERS,
    AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT,
    AXES_RESET_ON_SUCCESS,
    AXES_SENSITIVE_PARAMETERS,
    AXES_USERNAME_FORM_FIELD,
    AXES_VERBOSE,
    BROWSER_FLOOR,
    CONTENT_SECURITY_POLICY,
    CSRF_COOKIE_HTTPONLY,
    CSRF_COOKIE_NAME,
    CSRF_COOKIE_SAMESITE,
    CSRF_FAILURE_VIEW,
    LANGUAGE_COOKIE_NAME,
    LARGE_TYPE_COOKIE_NAME,
    LOGIN_REDIRECT_URL,
    LOGIN_URL,
    LOGOUT_REDIRECT_URL,
    MESSAGE_STORAGE,
    MFA_ADAPTER,
    MFA_FORMS,
    MFA_RECOVERY_CODE_COUNT,
    MFA_SUPPORTED_TYPES,
    MFA_TOTP_ISSUER,
    MFA_TOTP_TOLERANCE,
    PASSWORD_HASHERS,
    PERMISSIONS_POLICY,
    SECURE_CONTENT_TYPE_NOSNIFF,
    SECURE_CROSS_ORIGIN_OPENER_POLICY,
    SECURE_REFERRER_POLICY,
    SESSION_ABSOLUTE_SECONDS,
    SESSION_COOKIE_AGE,
    SESSION_COOKIE_HTTPONLY,
    SESSION_COOKIE_NAME,
    SESSION_COOKIE_SAMESITE,
    SESSION_ENGINE,
    SESSION_EXPIRE_AT_BROWSER_CLOSE,
    SESSION_IDLE_SECONDS,
)


class BadSetting(Trouble):
    """An environment variable has a value that cannot be used; the message names it and says what is expected."""

    def __init__(self, said: str) -> None:
        super().__init__("setting.bad", said, "Correct it and repeat; every variable is in docs/reference/settings.md")


def _flag(name: str, default: bool = False) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text in ("", "0", "no", "false", "off"):
        return default if text == "" else False
    if text in ("1", "yes", "true", "on"):
        return True
    raise BadSetting(f"{name}={text!r}: use 1 or 0")


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    try:
        return int(text) if text else default
    except ValueError:
        raise BadSetting(f"{name}={text!r}: a whole number is expected") from None


PACKAGE = Path(__file__).resolve().parent
DATA_DIR = Path(os.environ.get("LIANFANG_DATA", "var")).resolve()
DEBUG = _flag("LIANFANG_DEBUG")
DEMO = _flag("LIANFANG_DEMO")
PORT = _number("LIANFANG_PORT", 8000)

DEMO_LOGINS: list[dict[str, str]] = LOGINS if DEMO else []
# The exported heads of the log are the first thing a running workplace writes: with them, it has had keys.
KEYS = vault.load_key_ring(DATA_DIR / "keys", used=(DATA_DIR / "audit" / "heads.txt").exists())
vault.configure(KEYS)
SECRET_KEY = KEYS.session.hex()

ALLOWED_HOSTS = [h for h in os.environ.get("LIANFANG_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("LIANFANG_ORIGINS", "").split(",") if o]
HTTPS = _flag("LIANFANG_HTTPS")

INSTALLED_APPS = [
    "lianfang.core.audit.apps.AuditConfig",
    "lianfang.core.territory.apps.TerritoryConfig",
    "lianfang.core.access.apps.AccessConfig",
    "lianfang.core.actions.apps.ActionsConfig",
    "lianfang.core.people.apps.PeopleConfig",
    "lianfang.core.lists.apps.ListsConfig",
    "lianfang.core.observations.apps.ObservationsConfig",
    "lianfang.core.work.apps.WorkConfig",
    "lianfang.core.measures.apps.MeasuresConfig",
    "lianfang.core.metrics.apps.MetricsConfig",
    "lianfang.capabilities.cleanup.apps.CleanupConfig",
    "lianfang.capabilities.self_report.apps.SelfReportConfig",
    "lianfang.capabilities.isolation.apps.IsolationConfig",
    "lianfang.capabilities.errands.apps.ErrandsConfig",
    "lianfang.capabilities.resident_access.apps.ResidentAccessConfig",
    "lianfang.capabilities.commitment.apps.CommitmentConfig",
    "lianfang.playbooks.apps.PlaybooksConfig",
    "lianfang.capabilities.zone.apps.ZoneConfig",
    "lianfang.capabilities.plans.apps.PlansConfig",
    "procrastinate.contrib.django",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    *guard.SECURITY_APPS,
    "lianfang.field.apps.FieldConfig",
    "lianfang.resident.apps.ResidentConfig",
]
MIDDLEWARE = list(guard.SECURITY_MIDDLEWARE)
AUTHENTICATION_BACKENDS = list(guard.AUTHENTICATION_BACKENDS)
AUTH_PASSWORD_VALIDATORS = list(guard.AUTH_PASSWORD_VALIDATORS)
ROOT_URLCONF = "lianfang.web.urls"
WSGI_APPLICATION = "lianfang.wsgi.application"
AUTH_USER_MODEL = "access.User"


_OWN_PARTS = {"dbname", "user", "password", "host", "port"}


def _database() -> dict[str, object]:
    url = os.environ.get("LIANFANG_DATABASE_URL", "").strip()
    if not url:
        from lianfang.jobs.postgres import connection_settings

        return connection_settings(DATA_DIR)
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(url)
    except ProgrammingError:  # its text may repeat the password
        raise BadSetting(
            "LIANFANG_DATABASE_URL cannot be read; use postgresql://user:password@host:5432/lianfang"
        ) from None
    if "dbname" not in found:
        raise BadSetting("LIANFANG_DATABASE_URL: no database name; use postgresql://user:password@host:5432/lianfang")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found["dbname"],
        "USER": found.get("user", ""),
        "PASSWORD": found.get("password", ""),
        "HOST": found.get("host", ""),
        "PORT": str(found.get("port", "")),
        "OPTIONS": {name: value for name, value in found.items() if name not in _OWN_PARTS},
    }


DATABASES = {"default": {**_database(), "CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
FONT_DIR = PACKAGE / "web" / "fonts"
LIST_FOLDER = DATA_DIR / "lists"
# Uploads and lists being read lie in the clear for seconds: in a private folder that is swept, not in the machine's.
CLEAR_FOLDER = DATA_DIR / "clear"
CLEAR_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
tempfile.tempdir = FILE_UPLOAD_TEMP_DIR = str(CLEAR_FOLDER)

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": list(guard.TEMPLATE_CONTEXT_PROCESSORS),
            "builtins": list(guard.TEMPLATE_BUILTINS),
        },
    }
]
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
LIST_FILE_LIMIT = 50 * 1024 * 1024

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
    SECURE_HSTS_SECONDS = 31_536_000

# Codes for residents' own pages by text message. The demo writes them into a folder and says so.
SMS = os.environ.get("LIANFANG_SMS", "").strip() or ("file:texts" if DEMO else "")
SMS_KEY = os.environ.get("LIANFANG_SMS_KEY", "").strip()
SMS_SIGNATURE = os.environ.get("LIANFANG_SMS_SIGNATURE", "联防").strip()
if SMS and not SMS.startswith(("file:", "http://", "https://")):
    raise BadSetting(f"LIANFANG_SMS={SMS!r}: use file:FOLDER or the address of a gateway, https://…")

PROCRASTINATE_IMPORT_PATHS = ["lianfang.jobs.tasks"]
