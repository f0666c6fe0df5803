"""The product's settings, with everything that is written kept in var/test (or LIANFANG_TEST_DATA) instead of var."""

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
os.environ["LIANFANG_DATA"] = os.environ.get("LIANFANG_TEST_DATA", str(_ROOT / "var" / "test-db"))
# Tests begin as a real workplace does, whatever the shell says.
for _name in (
    "LIANFANG_DEMO",
    "LIANFANG_DEBUG",
    "LIANFANG_PORT",
    "LIANFANG_HTTPS",
    "LIANFANG_HOSTS",
    "LIANFANG_ORIGINS",
):
    os.environ.pop(_name, None)

from lianfang.settings import *  # noqa: E402, F403
from lianfang.settings import DATA_DIR, DATABASES  # noqa: E402

EMBEDDED = not os.environ.get("LIANFANG_DATABASE_URL", "").strip()
# Several test runs may share one server: each names its databases after the process that began it (workers inherit
# the name).
TEST_RUN = os.environ.setdefault("LIANFANG_TEST_RUN", str(os.getpid()))
DATABASES["default"]["TEST"] = {"NAME": f"test_lianfang_{TEST_RUN}"}
DATABASES["default"]["CONN_MAX_AGE"] = 0

# The cheapest hasher that Django ships; the real one costs 50 ms on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LIST_FOLDER = DATA_DIR / f"lists-{TEST_RUN}"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
