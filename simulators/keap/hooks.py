"""Who is told of events? Addresses that answered the handshake; told late, together, and up to four times.

Deliveries run in a thread of their own by the account's clock: putting it forward makes them due.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..common import posting, wire
from ..common.clock import Clock
from .options import KeapOptions
from .store import HookEvent

ANSWER_SECONDS = 30
#: Seconds from one attempt to the next.
AGAIN_SECONDS = (30, 300, 1800)
MOST_OBJECTS = 1000
LOOK_SECONDS = 0.02
KEPT = 500
SECRET_HEADER = "X-Hook-Secret"
UNVERIFIED, VERIFIED, INACTIVE = "Unverified", "Verified", "Inactive"

_KINDS = (
    *("appointment", "company", "contact", "leadsource", "note", "opportunity", "order", "product"),
    *("subscription", "task", "invoice", "invoice.payment"),
)
EVENT_KEYS = (
    *(f"{kind}.{what}" for kind in _KINDS for what in ("add", "edit", "delete")),
    *("contact.redact", "opportunity.stage_move", "task.complete"),
    *(f"contactGroup.{what}" for what in ("add", "applied", "delete", "edit", "removed")),
    *(f"user.{what}" for what in ("activate", "add", "edit")),
)
#: Where v1 has an object of a kind, below /crm/rest.
_PLACES = {"order": "v1/orders", "contact": "v1/contacts", "product": "v1/products", "subscription": "v1/subscriptions"}


@dataclass(kw_only=True)
class Subscriber:
    """One subscription: one event, one address."""

    key: str
    event_key: str
    url: str
    status: str = UNVERIFIED
    secret: str = ""

    def tell(self) -> dict[str, str]:
        """What the API shows of it."""
        return {"key": self.key, "eventKey": self.event_key, "hookUrl": self.url, "status": self.status}


@dataclass(kw_only=True)
class HookDelivery:
    """One POST to a subscriber and what became of it."""

    subscriber: Subscriber
    objects: list[tuple[str, datetime]]
    due: datetime
    attempts: list[int] = field(default_factory=list)
    state: str = "waiting"

    def tell(self) -> dict[str, Any]:
        """What control and the page show of it."""
        ids = [identifier for identifier, _ in self.objects]
        told = {"event_key": self.subscriber.event_key, "url": self.subscriber.url, "ids": ids}
        return {**told, "state": self.state, "attempts": list(self.attempts), "due": self.due.isoformat()}


class Hooks:
    """The subscriptions of an account and what they are told."""

    def __init__(self, options: KeapOptions, clock: Clock, lock: threading.RLock) -> None:
        self.base_url = ""
        self.subscribers: dict[str, Subscriber] = {}
        self.deliveries: deque[HookDelivery] = deque(maxlen=KEPT)
        self._options = options
        self._clock = clock
        self._lock = lock
        self._waiting: list[HookDelivery] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    # Subscribing

    def subscribe(self, event_key: str, url: str) -> Subscriber:
        """A new subscription, verified at once if its address answers the handshake.

        Raises:
            ValueError: There is no such event, or the address is none.
        """
        _check(event_key, url)
        with self._lock:
            key = str(max((int(key) for key in self.subscribers), default=0) + 1)
            subscriber = self.subscribers[key] = Subscriber(key=key, event_key=event_key, url=url)
        self.verify(subscriber)
        return subscriber

    def change(self, subscriber: Subscriber, event_key: str, url: str) -> None:
        """Another event or address, which has to be verified anew.

        Raises:
            ValueError: There is no such event, or the address is none.
        """
        _check(event_key, url)
        with self._lock:
            subscriber.event_key, subscriber.url, subscriber.status = event_key, url, UNVERIFIED
        self.verify(subscriber)

    def verify(self, subscriber: Subscriber) -> bool:
        """Send a secret, which the address has to return in the same header with 200. Not under the lock."""
        secret = subscriber.secret = secrets.token_hex(16)
        told = {"event_key": subscriber.event_key, "object_type": "", "object_keys": []}
        headers = {"Content-Type": "application/json", SECRET_HEADER: secret}
        answer = posting.exchange(subscriber.url, wire.dump_bytes(told), headers, seconds=ANSWER_SECONDS)
        good = answer.status == 200 and answer.headers.get(SECRET_HEADER.lower()) == secret
        if good:
            with self._lock:
                subscriber.status = VERIFIED
        return good

    def confirm(self, subscriber: Subscriber, secret: str) -> bool:
        """The other way: the address's owner sends the secret that it was told."""
        good = bool(secret) and secrets.compare_digest(secret.encode(), subscriber.secret.encode())
        if good:
            with self._lock:
                subscriber.status = VERIFIED
        return good

    # Telling

    def notify(self, events: Iterable[HookEvent]) -> None:
        """Tell verified subscribers, after a while, together with what else happens until then."""
        now = self._clock.now().astimezone(UTC)
        for event in events:
            for subscriber in self.subscribers.values():
                if subscriber.event_key == event.key and subscriber.status == VERIFIED:
                    self._enqueue(subscriber, event.id, now)

    def _enqueue(self, subscriber: Subscriber, identifier: str, now: datetime) -> None:
        for delivery in self._waiting:
            room = not delivery.attempts and len(delivery.objects) < MOST_OBJECTS
            if delivery.subscriber is subscriber and room and delivery.state == "waiting":
                delivery.objects.append((identifier, now))
                return
        due = datetime.fromtimestamp(now.timestamp() + self._options.hook_delay_seconds, UTC)
        delivery = HookDelivery(subscriber=subscriber, objects=[(identifier, now)], due=due)
        self._waiting.append(delivery)
        self.deliveries.append(delivery)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            with self._lock:
                now = self._clock.now()
                due = [delivery for delivery in self._waiting if delivery.due <= now]
                for delivery in due:
                    self._waiting.remove(delivery)
                    delivery.state = "being sent"
            for delivery in due:
                self._send(delivery)

    def _send(self, delivery: HookDelivery) -> None:
        subscriber = delivery.subscriber
        if subscriber.status != VERIFIED or subscriber.key not in self.subscribers:
            delivery.state = "dropped"
            return
        headers = {"Content-Type": "application/json"}
        status = posting.post(subscriber.url, self.body_of(delivery), headers, seconds=ANSWER_SECONDS)
        with self._lock:
            delivery.attempts.append(status)
            self._judge(delivery, status)

    def _judge(self, delivery: HookDelivery, status: int) -> None:
        if 200 <= status < 400:
            delivery.state = "delivered"
            return
        tried = len(delivery.attempts)
        if status == 410 or tried > len(AGAIN_SECONDS):
            delivery.state, delivery.subscriber.status = "given up", INACTIVE
            return
        later = self._clock.now().timestamp() + AGAIN_SECONDS[tried - 1]
        delivery.due, delivery.state = datetime.fromtimestamp(later, UTC), "waiting to be tried again"
        self._waiting.append(delivery)

    def body_of(self, delivery: HookDelivery) -> bytes:
        """What a subscriber is told: which objects, and no business data."""
        event_key = delivery.subscriber.event_key
        kind = event_key.rpartition(".")[0]
        keys = [
            {
                "apiUrl": f"{self.base_url}/crm/rest/{_PLACES[kind]}/{identifier}" if kind in _PLACES else "",
                "id": int(identifier),
                "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            for identifier, moment in delivery.objects
        ]
        return wire.dump_bytes({"event_key": event_key, "object_type": kind, "object_keys": keys})

    def stop(self) -> None:
        """Send nothing any more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1)

    # The file

    def tell_kept(self) -> list[dict[str, str]]:
        """The subscriptions, in the form `restore` reads."""
        return [asdict(subscriber) for subscriber in self.subscribers.values()]

    def restore(self, told: list[dict[str, str]]) -> None:
        """Know again what the file holds."""
        self.subscribers = {subscriber["key"]: Subscriber(**subscriber) for subscriber in told}


def _check(event_key: str, url: str) -> None:
    if event_key not in EVENT_KEYS:
        raise ValueError(f"there is no event {event_key}")
    if not posting.is_web_address(url):
        raise ValueError("the hookUrl begins with http:// or https://")
