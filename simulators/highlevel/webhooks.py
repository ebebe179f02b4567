"""Who is told of what happens? One address, by signed webhooks; only an answer of 429 is ever tried again.

Deliveries run in a thread of their own, so that no request waits for a listener. They can be held back and let go in
another order, sent twice or not at all, and sent again later with the id they had.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ..common import wire
from ..common.posting import is_web_address, post
from .identifiers import new_uuid
from .options import HighLevelOptions
from .signing import WebhookKeys

KEPT = 20_000
TOLD = 200
MOST_REPEATS = 6
REPEAT_SECONDS, JITTER_SECONDS = 600, 120
_LOOK_SECONDS = 0.05
_SENDERS = 8


@dataclass
class SentEvent:
    """One event and what became of it."""

    event: str
    body: bytes
    webhook_id: str
    moment: str
    attempts: list[int] = field(default_factory=list)
    state: str = "waiting"
    due: float = 0.0  # the moment of the agency's clock, in seconds, before which it is not sent

    def tell(self) -> dict[str, Any]:
        """What control and pages show of it."""
        return {
            "event": self.event,
            "webhook_id": self.webhook_id,
            "moment": self.moment,
            "state": self.state,
            "attempts": list(self.attempts),
            "body": wire.loads(self.body),
        }


class HighLevelWebhooks:
    """The one subscription of an app; empty when it has none."""

    def __init__(
        self, options: HighLevelOptions, keys: WebhookKeys, stamp: Callable[[], str], seconds_now: Callable[[], float]
    ) -> None:
        self.url = ""
        self.keys = keys
        self.deliveries: deque[SentEvent] = deque(maxlen=KEPT)
        self._options, self._stamp, self._now = options, stamp, seconds_now
        self._held: list[SentEvent] | None = None
        self._waiting: list[SentEvent] = []
        self._changed = threading.Condition()
        self._stopped = False
        self._busy = False
        self._thread: threading.Thread | None = None

    def subscribe(self, url: str) -> None:
        """Tell an address from now on; an empty one ends it.

        Raises:
            ValueError: It is no web address.
        """
        if url and not is_web_address(url):
            raise ValueError("the address of a webhook begins with http:// or https://")
        self.url = url

    def notify(self, events: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Send events: for each, its name and what it tells."""
        for event, content in events:
            if self.url:
                self._enqueue(self._written(event, content))

    def _written(self, event: str, content: dict[str, Any]) -> SentEvent:
        moment, webhook_id = self._stamp(), new_uuid()
        body = wire.dump_bytes({**content, "timestamp": moment, "webhookId": webhook_id})
        return SentEvent(event=event, body=body, webhook_id=webhook_id, moment=moment)

    def _enqueue(self, delivery: SentEvent) -> None:
        with self._changed:
            self.deliveries.append(delivery)
            if self._options.webhook_deliveries == "none":
                delivery.state = "not sent"
                return
            copies = 2 if self._options.webhook_deliveries == "twice" else 1
            if self._held is not None:
                delivery.state = "held back"
                self._held.extend([delivery] * copies)
                return
            self._waiting.extend([delivery] * copies)
            self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        self._changed.notify_all()

    # What a rehearsal does with them

    def hold(self) -> None:
        """Send nothing until `release`."""
        with self._changed:
            self._held = self._held if self._held is not None else []

    def release(self, order: str = "as they came") -> int:
        """Send what was held back: `as they came`, `newest first` or `shuffled`; how many there were.

        Raises:
            ValueError: There is no such order.
        """
        with self._changed:
            held, self._held = self._held or [], None
            match order:
                case "as they came":
                    pass
                case "newest first":
                    held.reverse()
                case "shuffled":
                    random.shuffle(held)
                case _:
                    self._held = held
                    raise ValueError("they are sent as they came, newest first or shuffled")
            self._waiting.extend(held)
            self._wake()
        return len(held)

    def replay(self, webhook_id: str) -> None:
        """Send one again, as it was.

        Raises:
            ValueError: There is none with that id.
        """
        with self._changed:
            delivery = next((delivery for delivery in self.deliveries if delivery.webhook_id == webhook_id), None)
            if delivery is None:
                raise ValueError(f"there is no webhook {webhook_id}")
            delivery.due = 0
            self._waiting.append(delivery)
            self._wake()

    def flood(self, count: int) -> int:
        """Send the last event again and again, each time with an id of its own, many at once; how many were taken.

        Raises:
            ValueError: There is no event yet, or no address to tell.
        """
        if not self.url or not self.deliveries:
            raise ValueError("first an address is needed, and an event to send")
        last = self.deliveries[-1]
        content = {**wire.loads(last.body)}
        copies = [self._written(last.event, content) for _ in range(count)]
        with ThreadPoolExecutor(_SENDERS) as senders:
            return sum(200 <= status < 300 for status in senders.map(self._attempt, copies))

    def settled(self, seconds: float = 10) -> bool:
        """Wait until nothing is left to send now; False when it took too long. Later repeats are not waited for."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy and not self._due(), timeout=seconds)

    # Sending

    def _due(self) -> SentEvent | None:
        now = self._now()
        return next((delivery for delivery in self._waiting if delivery.due <= now), None)

    def _run(self) -> None:
        while True:
            with self._changed:
                delivery = self._due()
                while delivery is None and not self._stopped:
                    self._busy = False
                    self._changed.notify_all()
                    self._changed.wait(_LOOK_SECONDS)
                    delivery = self._due()
                if self._stopped or delivery is None:
                    return
                self._waiting.remove(delivery)
                self._busy = True
            self._attempt(delivery)

    def _attempt(self, delivery: SentEvent) -> int:
        headers = {"Content-Type": "application/json", **self.keys.headers(delivery.body, self._options)}
        status = post(self.url, delivery.body, headers)
        delivery.attempts.append(status)
        if status != 429:
            delivery.state = "delivered" if 200 <= status < 300 else "lost"
        elif len(delivery.attempts) > MOST_REPEATS:
            delivery.state = "given up"
        else:
            delivery.state = "waiting to be tried again"
            delivery.due = self._now() + REPEAT_SECONDS + random.uniform(0, JITTER_SECONDS)
            with self._changed:
                self._waiting.append(delivery)
        return status

    def stop(self) -> None:
        """Send nothing any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(5)

    def tell(self) -> dict[str, Any]:
        """What control shows."""
        return {
            "url": self.url,
            "public_key": self.keys.public_key,
            "held": len(self._held) if self._held is not None else 0,
            "deliveries": [delivery.tell() for delivery in list(self.deliveries)[-TOLD:]],
        }
