"""The part of the settings that guards the door. `lianfang.settings` imports these names one by one.

Durations are seconds unless the name says otherwise. Nothing here depends on the environment: what an operator may
change (`SESSION_IDLE_SECONDS`, `SESSION_ABSOLUTE_SECONDS`, secure cookies behind TLS) is overridden in `settings`.
"""

from __future__ import annotations

from datetime import timedelta

from csp.constants import NONE, SELF, UNSAFE_INLINE

SECURITY_APPS: tuple[str, ...] = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "lucide",
    "csp",
    "axes",
    "lianfang.web.apps.WebConfig",  # before allauth: its templates replace those of the packages below
    "allauth",
    "allauth.account",
    "allauth.mfa",
)

SECURITY_MIDDLEWARE: tuple[str, ...] = (
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "lianfang.web.middleware.BrowserPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lianfang.web.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lianfang.web.middleware.SessionLimitMiddleware",
    "lianfang.web.middleware.DoorMiddleware",  # pages are closed unless they say otherwise
    "lianfang.web.middleware.AccountDutyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it turns a lockout into its answer
)

TEMPLATE_BUILTINS: tuple[str, ...] = (
    "django.templatetags.i18n",
    "django.templatetags.static",
    "lianfang.web.templatetags.lianfang",
)

TEMPLATE_CONTEXT_PROCESSORS: tuple[str, ...] = (
    "django.template.context_processors.request",
    "django.template.context_processors.csrf",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "lianfang.web.context.shell",
)

# ---------------------------------------------------------------- who may enter
AUTHENTICATION_BACKENDS: tuple[str, ...] = (
    "axes.backends.AxesStandaloneBackend",  # first: a locked-out name is refused before its password is looked at
    "allauth.account.auth_backends.AuthenticationBackend",
)

PASSWORD_HASHERS: tuple[str, ...] = (
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
)

AUTH_PASSWORD_VALIDATORS: tuple[dict[str, object], ...] = (
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {
            "user_attributes": ("username", "display_name"),
            "max_similarity": 0.6,
        },
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "lianfang.web.security.passwords.MixedCharactersValidator"},
)

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/account/login/"

ACCOUNT_ADAPTER = "lianfang.web.security.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = frozenset({"username"})
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "password1*",
    "password2*",
]  # sign-up itself is closed by the adapter
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_FORMS = {
    "login": "lianfang.web.security.forms.LoginForm",
    "change_password": "lianfang.web.security.forms.ChangePasswordForm",
    "reauthenticate": "lianfang.web.security.forms.ReauthenticateForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    # Offices share one address, so the address allows many and one name few; the lockout below is the strict one.
    "login_failed": "40/m/ip,30/h/key",
    "change_password": "10/m/user",
    "reauthenticate": "10/m/user",
}

MFA_ADAPTER = "lianfang.web.security.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "lianfang.web.security.forms.AuthenticateForm",
    "reauthenticate": "lianfang.web.security.forms.SecondFactorReauthenticateForm",
    "activate_totp": "lianfang.web.security.forms.ActivateTotpForm",
}
MFA_TOTP_ISSUER = "Lianfang"
MFA_TOTP_TOLERANCE = 1  # one 30-second step each way: office clocks drift
MFA_RECOVERY_CODE_COUNT = 10

# ---------------------------------------------------------------- throttle and lockout
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# A name is locked only for the address that failed: nobody can lock a colleague out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "lianfang.web.security.lockout.answer"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time shown on the page stays true
AXES_USERNAME_FORM_FIELD = "username"
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "login",
    "ip_address",
    "oldpassword",
    "password1",
    "password2",
    "code",
]
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

# ---------------------------------------------------------------- sessions and cookies
SESSION_IDLE_SECONDS = 30 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 3600
SESSION_ENGINE = "lianfang.web.security.session_store"  # in the database: a log-out counts in every worker at once
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_NAME = "lianfang_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "lianfang_csrf"
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page's meta element
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "lianfang.web.security.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_COOKIE_NAME = "lianfang_language"
LARGE_TYPE_COOKIE_NAME = "lianfang_large_type"

# ---------------------------------------------------------------- what a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": [UNSAFE_INLINE],  # widths of bars; elements stay forbidden
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# The header is ignored, with a console error, on plain HTTP; `settings` turns it on together with secure cookies.
SECURE_CROSS_ORIGIN_OPENER_POLICY: str | None = None
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
BROWSER_FLOOR = {"Chrome": 87, "Firefox": 83, "Safari": 14}
