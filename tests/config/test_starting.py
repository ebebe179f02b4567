from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from tests.config.good_settings import GOOD_PRODUCTION, ROOT

START_A_SERVER = "import config.wsgi; print('started')"


def run(arguments: list[str], environment: dict[str, str], data: Path) -> subprocess.CompletedProcess[str]:
    """Run Python as an operator would: nothing of the tests' own environment but the way to find programs."""
    base = {"PATH": os.environ["PATH"], "TIEOUT_ENV_FILE": os.devnull, "TIEOUT_DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, *arguments], env=base | environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_the_deployment_check_of_a_good_production_is_silent(tmp_path: Path) -> None:
    checked = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], GOOD_PRODUCTION, tmp_path)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "no issues" in checked.stdout


def test_a_web_server_starts_in_a_good_production(tmp_path: Path) -> None:
    started = run(["-c", START_A_SERVER], GOOD_PRODUCTION, tmp_path)

    assert started.stdout == "started\n", started.stderr


@pytest.mark.parametrize("how", [["-c", START_A_SERVER], ["manage.py", "migrate", "--plan"]])
def test_a_production_that_cannot_be_trusted_does_not_start(tmp_path: Path, how: list[str]) -> None:
    spoiled = {
        "TIEOUT_SECRET_KEY": "",
        "TIEOUT_ENCRYPTION_KEYS": "",
        "TIEOUT_DEBUG": "true",
        "TIEOUT_QUICKBOOKS_API_URL": "http://127.0.0.1:8765",
    }

    started = run(how, GOOD_PRODUCTION | spoiled, tmp_path)

    assert started.returncode != 0
    for check in ("tieout.E002", "tieout.E003", "tieout.E005", "tieout.E008"):
        assert check in started.stderr
    assert "HINT" in started.stderr


def test_every_static_file_can_be_collected_and_names_only_files_that_are_there(
    settings: Settings, tmp_path: Path
) -> None:
    production = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": production}
    settings.STATIC_ROOT = tmp_path

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()
