"""How do many documents go to QuickBooks in one request, and what does it say of each?

A batch is independent items in no certain order: each is created or refused by itself. QuickBooks knows an item again
by the request id of the batch and the name of the item, so that whatever is left of a batch goes again under both.

Source:
    docs/decisions/0052-batches.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import simplejson

from books.outcomes import Refused, TryLater, Unknown
from books.translation import gettext_noop
from sync.pushing.destination import Sending
from sync.quickbooks_online.faults import UNREADABLE, InTheWay, verdict_on
from sync.quickbooks_online.forms import ENTITIES
from sync.quickbooks_online.gateway import Answer
from sync.quickbooks_online.replies import Reply

_AS_A_WHOLE = gettext_noop("QuickBooks rejected the batch as a whole; each document goes alone.")


def render_batch(sendings: Sequence[Sending]) -> bytes:
    """The body of a batch: exactly the committed bytes of each document, in the order given."""
    items = (
        b'{"bId":"%s","operation":"create","%s":%s}'
        % (sending.batch_item.encode(), ENTITIES[sending.form].encode(), sending.body)
        for sending in sendings
    )
    return b'{"BatchItemRequest":[%s]}' % b",".join(items)


def render_queries(queries: Sequence[str]) -> bytes:
    """The body of a batch of questions, named by their place from 0."""
    items = [{"bId": str(place), "Query": query} for place, query in enumerate(queries)]
    return simplejson.dumps({"BatchItemRequest": items}).encode()


def of_the_whole(answer: Answer) -> TryLater | Unknown | None:
    """What became of the whole batch, where that can be said in one word; None where each item has its own answer.

    A batch that was refused as a whole wrote nothing; which item was to blame only each alone can tell.
    """
    if not isinstance(answer, Reply):
        return answer
    verdict = verdict_on(answer)
    if isinstance(verdict, InTheWay):
        verdict = verdict.refused
    if isinstance(verdict, Refused):
        return TryLater(reason=_AS_A_WHOLE, wait=0, alone=True, exchange=answer.exchange)
    if verdict:
        return verdict
    return None if _items(answer) is not None else Unknown(reason=UNREADABLE, exchange=answer.exchange)


def item_replies(reply: Reply) -> Mapping[str, Reply]:
    """By the name of the item, what QuickBooks said of it, as if it had been asked for alone."""
    told = {}
    for item in _items(reply) or []:
        if isinstance(item, dict) and isinstance(item.get("bId"), str):
            body = {name: value for name, value in item.items() if name != "bId"}
            refused = any(body.get(name) is not None for name in ("Fault", "fault"))
            told[item["bId"]] = Reply(
                status=400 if refused else 200,
                text=simplejson.dumps(body, use_decimal=True, ensure_ascii=False),
                json=body,
                intuit_tid=reply.intuit_tid,
                took=reply.took,
            )
    return told


def _items(reply: Reply) -> list[Any] | None:
    items = reply.json.get("BatchItemResponse") if isinstance(reply.json, dict) else None
    return items if isinstance(items, list) else None
