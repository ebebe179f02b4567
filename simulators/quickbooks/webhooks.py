"""Who is told of changes? One address, by signed webhooks in Intuit's legacy form or as CloudEvents, with retries.

Deliveries run in a thread of their own, so that no request waits for a listener.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import queue
import secrets
import threading
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..common import wire
from ..common.posting import ANSWER_SECONDS, is_web_address, post
from .options import Options
from .store import Event

RETRY_MINUTES = (20, 30, 50)
RETRIED = frozenset({408, 500, 502, 503, 504})
KEPT = 500
TOLD = frozenset(
    {
        *("Account", "Item", "Customer", "Vendor", "Employee", "Term", "PaymentMethod", "Class", "Department"),
        *("Invoice", "Payment", "SalesReceipt", "CreditMemo", "RefundReceipt", "JournalEntry", "Deposit"),
        *("Estimate", "Purchase", "Preferences", "CompanyCurrency", "TaxAgency"),
    }
)
PAST = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Void": "voided",
    "Merge": "merged",
    "Emailed": "emailed",
}


def signature(verifier: str, body: bytes) -> str:
    """What the `intuit-signature` header says of a body."""
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


@dataclass
class Delivery:
    """One notification and what became of it."""

    body: bytes
    moment: str
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: list[str] = field(default_factory=list)
    state: str = "waiting"

    def tell(self) -> dict[str, Any]:
        """What control shows of it."""
        return {"state": self.state, "attempts": list(self.attempts), "body": wire.loads(self.body)}


class Webhooks:
    """The subscription of one company: at most one address, empty when nobody asked to be told."""

    def __init__(self, options: Options, realm: Callable[[], str]) -> None:
        self.url = ""
        self.form = "legacy"
        self.verifier = secrets.token_urlsafe(24)
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT)
        self.blacklisted = False
        self._options = options
        self._realm = realm
        self._waiting: queue.Queue[Delivery | None] = queue.Queue()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def subscribe(self, url: str, form: str) -> None:
        """Tell an address from now on; an empty one ends it.

        Raises:
            ValueError: It is no web address, or there is no such form.
        """
        if url and not is_web_address(url):
            raise ValueError("the address of a webhook begins with http:// or https://")
        if form not in ("legacy", "cloudevents"):
            raise ValueError("webhooks come in the form 'legacy' or 'cloudevents'")
        self.url, self.form, self.blacklisted = url, form, False

    def notify(self, events: list[Event]) -> None:
        """Send what has changed, all of one unit of work together."""
        told = [event for event in events if event.entity in TOLD]
        if not self.url or self.blacklisted or not told:
            return
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        content = self._legacy(told, moment) if self.form == "legacy" else self._cloud(told, moment)
        delivery = Delivery(body=wire.dump_bytes(content), moment=moment)
        self.deliveries.append(delivery)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        self._waiting.put(delivery)

    def _legacy(self, events: list[Event], moment: str) -> object:
        entities = [
            {
                "name": event.entity,
                "id": event.id,
                "operation": event.operation,
                "lastUpdated": moment,
                **({"deletedId": event.deleted_id} if event.deleted_id else {}),
            }
            for event in events
        ]
        return {"eventNotifications": [{"realmId": self._realm(), "dataChangeEvent": {"entities": entities}}]}

    def _cloud(self, events: list[Event], moment: str) -> object:
        source = hashlib.sha256(self.verifier.encode()).hexdigest()[:20]
        return [
            {
                "specversion": "1.0",
                "id": str(uuid.uuid4()),
                "source": f"intuit.{source}",
                "type": f"qbo.{event.entity.lower()}.{PAST[event.operation]}.v1",
                "datacontenttype": "application/json",
                "time": moment,
                "intuitentityid": event.id,
                "intuitaccountid": self._realm(),
                "data": {"deletedId": event.deleted_id} if event.deleted_id else {},
            }
            for event in events
        ]

    def _run(self) -> None:
        while True:
            delivery = self._waiting.get()
            if delivery is None or self._stop.is_set():
                return
            if not self._sent(delivery):
                threading.Thread(target=self._retry, args=(delivery,), daemon=True).start()

    def _retry(self, delivery: Delivery) -> None:
        for minutes in RETRY_MINUTES:
            if self._stop.wait(minutes * self._options.webhook_minute_ms / 1000) or self._sent(delivery):
                return
        delivery.state = "dropped"
        self.blacklisted = True

    def _sent(self, delivery: Delivery) -> bool:
        """Whether there is nothing more to do: it was taken, or refused in a way that is not tried again."""
        answer = self._post(delivery)
        delivery.attempts.append(str(answer))
        again = answer == 0 or answer in RETRIED
        delivery.state = "waiting to be tried again" if again else "delivered" if answer == 200 else "refused"
        return not again

    def _post(self, delivery: Delivery) -> int:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "intuit_notification_server/0.1",
            "intuit-signature": signature(self.verifier, delivery.body),
            "intuit-created-time": delivery.moment,
            "intuit-t-id": delivery.identifier,
            "intuit-notification-schema-version": "0.1",
        }
        return post(self.url, delivery.body, headers)

    def stop(self) -> None:
        """Send nothing any more."""
        self._stop.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(ANSWER_SECONDS + 1)

    def tell(self) -> dict[str, Any]:
        """What control shows."""
        return {
            "url": self.url,
            "form": self.form,
            "verifier_token": self.verifier,
            "blacklisted": self.blacklisted,
            "deliveries": [delivery.tell() for delivery in self.deliveries],
        }
