"""What does an account begin with?"""

from __future__ import annotations

from collections.abc import Callable

from ..account import KeapAccount
from .sample import fill

#: What an account may begin with, by name.
KEAP_SEEDS: dict[str, Callable[[KeapAccount], None]] = {"sample": fill, "empty": lambda account: None}
