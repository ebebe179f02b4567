"""Which settings do the tests run under? Those of a fresh development machine, with a database of their own.

TIEOUT_TEST_DATABASE=sqlite or postgres chooses the database; TEST_DATABASE_URL names a PostgreSQL to use.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.databases import connection_for_tests, scratch_folder

# What this machine has set for its own Tieout must not change what a test sees
KEPT = ("TIEOUT_CHROMIUM", "TIEOUT_TEST_CONNECTION", "TIEOUT_TEST_DATABASE", "TIEOUT_TEST_TRANSLATIONS")
for name in [name for name in os.environ if name.startswith("TIEOUT_") and name not in KEPT]:
    del os.environ[name]
os.environ.pop("DATABASE_URL", None)
os.environ["TIEOUT_ENV_FILE"] = os.devnull
os.environ["TIEOUT_DATA_DIR"] = str(scratch_folder("data"))
# Translations are made once in a run: the processes that the first one starts use its own
translations = scratch_folder("data") / "locale"
made = os.environ.setdefault("TIEOUT_TEST_TRANSLATIONS", str(translations))
if made != str(translations) and Path(made).is_dir() and not translations.exists():
    translations.symlink_to(made)

from config.postgres import queue_apps  # noqa: E402
from config.settings import *  # noqa: E402, F403 - they read the environment, which had to be cleared first

DATABASES = {"default": connection_for_tests()}
INSTALLED_APPS = [*queue_apps(DATABASES["default"]), *INSTALLED_APPS]  # noqa: F405

# The slow hash of production protects passwords that matter
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
MEDIA_ROOT = Path(os.environ["TIEOUT_DATA_DIR"]) / "media"
