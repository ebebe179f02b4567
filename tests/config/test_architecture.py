from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PURE = ("books", "mapping.matching", "reconciliation.comparing", "sync.preparing.builders")


def exists(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_every_module_of_pure_rules_is_kept_pure_by_a_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (rules,) = (contract for contract in contracts if contract["name"].startswith("Rules are plain Python"))

    unguarded = {module for module in PURE if exists(module)} - set(rules["source_modules"])
    assert not unguarded, f"add to source_modules of that contract in pyproject.toml: {unguarded}"


def test_the_locks_name_no_host_and_hold_a_hash_for_every_package() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text()
        assert "://" not in lock, f"{name} names a host: a fresh machine takes packages from where its own pip does"
        assert lock.count("==") <= lock.count("--hash=")
