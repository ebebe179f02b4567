"""Does a source tell of changes by itself, and what becomes of what it tells? It is read soon; no word is believed.

A source that signs nothing is given an address that cannot be guessed, of which only a digest is kept here. Whatever
goes wrong with it changes nothing but how soon an order comes in: every regular reading finds the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse

from books.outcomes import TryLater
from sync.fetching.base import Reader
from sync.fetching.keap.hooks import EVENTS, digest_of, means_deletion
from sync.fetching.kinds import HERE
from sync.models import Connection, ConnectionState, LiveSource, Telling
from sync.webhook_events import HeardEvent, keep_events

logger = logging.getLogger(__name__)

#: Keap proves by it that we are who subscribed: what it bears has to go back.
SECRET_HEADER = "X-Hook-Secret"
_LONGEST_SECRET, _LONGEST_TOKEN = 200, 100
_TOKEN_BYTES = 32
#: Of the objects that an event names.
_MOST_OBJECTS = 1000


@dataclass(frozen=True, kw_only=True)
class HookAnswer:
    """What a hook is answered, and whose sync has something to read."""

    status: HTTPStatus
    #: Goes back with the answer.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Companies that are to be read soon.
    wakes: tuple[int, ...] = ()


# Being told -----------------------------------------------------------------------------------------------------------


def keep_listening(reader: Reader, live: LiveSource) -> None:
    """Let the source tell of changes by itself, and let it try again where it has given up."""
    subscriptions = reader.subscriptions
    if subscriptions is None or live.telling == Telling.REFUSED:  # until it is connected again
        return
    base = _address(live, settings.TIEOUT_SOURCES[live.connection.kind].api_url)
    came = Telling.NO_ADDRESS if base is None else subscriptions.keep(base, live.hook_digest, lambda: _new_token(live))
    if isinstance(came, TryLater):
        logger.warning("the hooks of the source %s are as they were: %s", live.pk, came.reason)
        return
    if came != live.telling:
        logger.info("the source %s tells of changes by itself: %s", live.pk, came.label)
        live.telling = came
        live.save(update_fields=["telling"])


def stop_listening(reader: Reader, live: LiveSource) -> None:
    """Let the source tell nothing more. Where it cannot be told so, it stops when its hooks are answered with Gone."""
    if reader.subscriptions is None or not live.hook_digest:
        return
    if failed := reader.subscriptions.remove(live.hook_digest):
        logger.warning("the hooks of the source %s were not removed there: %s", live.pk, failed.reason)
    LiveSource.objects.filter(pk=live.pk).update(telling=Telling.UNKNOWN)


def _address(live: LiveSource, api_url: str) -> str | None:
    """The address for hooks without the token at its end; None where the source could not reach it."""
    public = settings.TIEOUT_PUBLIC_URL
    if not public:
        return None
    ours_is_here, source_is_here = (urlsplit(url).hostname in HERE for url in (public, live.address or api_url))
    if ours_is_here and not source_is_here:
        return None
    return f"{public}{reverse('sync:keap_webhook', args=['-'])}".removesuffix("-/")


def _new_token(live: LiveSource) -> str:
    """A token whose digest is kept before the source can call the address with it."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    live.hook_digest = digest_of(token)
    live.save(update_fields=["hook_digest"])
    return token


# What is told ---------------------------------------------------------------------------------------------------------


def receive_hook(token: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> HookAnswer:
    """Take what Keap tells at an address, or answer its handshake.

    Args:
        token: The end of the address.
        body: As it came.
        headers: By any spelling of their names.
        now: The present moment.
    """
    source = _source_of(token)
    if source is None:
        return HookAnswer(status=HTTPStatus.NOT_FOUND)
    if source.state == ConnectionState.DISCONNECTED:
        return HookAnswer(status=HTTPStatus.GONE)  # which ends it, there
    secret = next((value for name, value in headers.items() if name.casefold() == SECRET_HEADER.casefold()), "")
    if secret:
        good = len(secret) <= _LONGEST_SECRET and secret.isascii() and secret.isprintable()
        status = HTTPStatus.OK if good else HTTPStatus.BAD_REQUEST
        return HookAnswer(status=status, headers={SECRET_HEADER: secret} if good else {})
    event = read_hook(body, now=now)
    if event is None:
        return HookAnswer(status=HTTPStatus.BAD_REQUEST)
    if event.name not in EVENTS:
        return HookAnswer(status=HTTPStatus.OK)
    try:
        with transaction.atomic():
            is_new = keep_events(source, [event])
            if is_new and means_deletion(event.name):
                LiveSource.objects.filter(pk=source.pk).update(compared_at=None)
    except DatabaseError:
        return HookAnswer(status=HTTPStatus.SERVICE_UNAVAILABLE)  # Keap sends it again
    return HookAnswer(status=HTTPStatus.OK, wakes=(source.company_id,) if is_new else ())


def read_hook(body: bytes, *, now: datetime) -> HeardEvent | None:
    """What a hook says; None where it is none.

    Args:
        body: As it came. Keap gives an event no id: one that comes again has the same bytes.
        now: For one that does not say when it was.
    """
    try:
        told = json.loads(body)
        name, objects = str(told["event_key"]), told["object_keys"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not name or not isinstance(objects, list) or len(objects) > _MOST_OBJECTS:
        return None
    moments = [_moment(row.get("timestamp")) for row in objects if isinstance(row, dict)]
    told_at = max((moment for moment in moments if moment), default=now)
    return HeardEvent(webhook_id=hashlib.sha256(body).hexdigest(), name=name[:60], told_at=told_at)


def _source_of(token: str) -> Connection | None:
    """Whose address it is. It is looked for by its digest, so how long that takes tells nothing of the token."""
    if len(token) > _LONGEST_TOKEN:
        return None
    found = Connection.objects.filter(kind="keap", live__hook_digest=digest_of(token))
    return found.only("pk", "state", "company_id").first()


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
