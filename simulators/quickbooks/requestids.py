"""Was this request made before? Answers by request id, so that a repeated write gets its first answer again."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from typing import Any

from .options import Options

LONGEST = 50
LONGEST_FOR_BATCH = 36


class RequestIds:
    """The answers that a company has given, by request id; batch items by request id and bId."""

    def __init__(self, options: Options, seconds_now: Callable[[], float]) -> None:
        self._options = options
        self._now = seconds_now
        self._answers: dict[str, tuple[float, int, bytes]] = {}

    def __len__(self) -> int:
        return len(self._answers)

    def answer(self, key: str) -> tuple[int, bytes] | None:
        """The status and body given to this id, if it is remembered."""
        if self._options.request_ids == "forget" or key not in self._answers:
            return None
        moment, status, packed = self._answers[key]
        lifetime = self._options.request_id_seconds
        if lifetime and self._now() - moment > lifetime:
            del self._answers[key]
            return None
        return status, zlib.decompress(packed)

    def remember(self, key: str, status: int, body: bytes) -> list[object] | None:
        """Keep an answer; errors only with the switch for it.

        Returns:
            What the books' file must hold to know it again, or None when nothing is kept.
        """
        if self._options.request_ids == "forget":
            return None
        if status != 200 and not self._options.request_id_replays_errors:
            return None
        packed = zlib.compress(body, 1)
        self._answers[key] = (self._now(), status, packed)
        return [key, self._now(), status, base64.b64encode(packed).decode()]

    def restore(self, told: list[Any]) -> None:
        """Know an answer again that the books' file holds."""
        key, moment, status, packed = told
        self._answers[key] = (float(moment), int(status), base64.b64decode(packed))

    def tell(self) -> list[list[Any]]:
        """Everything remembered, in the form `restore` reads."""
        return [
            [key, moment, status, base64.b64encode(packed).decode()]
            for key, (moment, status, packed) in self._answers.items()
        ]

    def clear(self) -> None:
        """Forget everything."""
        self._answers.clear()
