#!/usr/bin/env python3
"""Runs the commands of Tieout and of Django: `python manage.py help` lists them."""

from __future__ import annotations

import os
import sys

# In requirements-dev.lock, and not in requirements.lock with which books are kept
PRACTICE_ONLY = ("werkzeug",)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"{error}. Run `make .venv`, then `.venv/bin/python manage.py`.")
    try:
        execute_from_command_line(sys.argv)
    except ModuleNotFoundError as error:
        if error.name not in PRACTICE_ONLY:
            raise
        print(f"{error}. A test company needs requirements-dev.lock: run `make demo`.", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
