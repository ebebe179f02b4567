"""What is in the first sub-account to begin with?"""

from __future__ import annotations

from collections.abc import Callable

from ..sub_account import SubAccount
from .sample import fill


def _nothing(account: SubAccount) -> None:
    """A sub-account in which nothing has happened yet."""


SEEDS: dict[str, Callable[[SubAccount], None]] = {"sample": fill, "empty": _nothing}
