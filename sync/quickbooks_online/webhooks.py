"""What does QuickBooks tell by itself? That something changed, in which company; signed, in one of two forms.

Source:
    Intuit's webhooks guide: `intuit-signature` is base64 of HMAC with SHA-256 over the body by the verifier token; the
    legacy form, and CloudEvents, of which one delivery may mix companies. It repeats what is answered with 5xx.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SIGNATURE_HEADER = "intuit-signature"
CREATED = "created"
#: The words of the legacy form, and those of CloudEvents.
_PAST = {
    "create": CREATED,
    "update": "updated",
    "delete": "deleted",
    "merge": "merged",
    "void": "voided",
    "emailed": "emailed",
}
_LONGEST_ID = 100


@dataclass(frozen=True, kw_only=True)
class ToldChange:
    """One object of one QuickBooks company that changed."""

    #: The QuickBooks company id.
    realm: str
    #: Its kind in small letters, such as `customer`.
    entity: str
    id: str
    #: In the past tense, such as `created`.
    what: str
    told_at: datetime
    #: The same when it comes again.
    event_id: str


def is_signed_by_intuit(body: bytes, signature: str, *, tokens: Iterable[str]) -> bool:
    """Whether one of the verifier tokens signed the bytes.

    Args:
        body: As it came.
        signature: Of the header; empty where there is none.
        tokens: Of the apps that this installation has at Intuit; two while one takes the place of the other.
    """
    given = signature.encode("utf-8", "surrogateescape")
    expected = [b64encode(hmac.digest(token.encode(), body, hashlib.sha256)) for token in tokens]
    return any(hmac.compare_digest(given, signed) for signed in expected)


def read_changes(body: bytes, *, now: datetime) -> list[ToldChange] | None:
    """What changed, in the order in which it is told; None where it is neither form.

    Args:
        body: As it came, in either form.
        now: For an event that does not say when it was.
    """
    try:
        told = json.loads(body)
        return list(_cloud_events(told, now) if isinstance(told, list) else _legacy(told, now))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _legacy(told: Mapping[str, Any], now: datetime) -> Iterator[ToldChange]:
    for notification in told["eventNotifications"]:
        realm = str(notification["realmId"])
        for row in notification["dataChangeEvent"]["entities"]:
            parts = [str(row.get(name) or "") for name in ("name", "id", "operation", "lastUpdated", "deletedId")]
            what = parts[2].casefold()
            yield ToldChange(
                realm=realm,
                entity=parts[0].casefold(),
                id=parts[1],
                what=_PAST.get(what, what),
                told_at=_moment(parts[3]) or now,
                # Only the newer form gives an event an id
                event_id=_digest([realm, *parts]),
            )


def _cloud_events(told: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[ToldChange]:
    for event in told:
        # qbo.customer.created.v1
        _, entity, what, *_ = str(event["type"]).casefold().split(".")
        given = str(event["id"])
        yield ToldChange(
            realm=str(event["intuitaccountid"]),
            entity=entity,
            id=str(event.get("intuitentityid") or ""),
            what=what,
            told_at=_moment(event.get("time")) or now,
            event_id=given if 0 < len(given) <= _LONGEST_ID else _digest([given]),
        )


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
