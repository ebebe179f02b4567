"""Many small worlds in which everything goes wrong by a seed: `python -m tests.faults.seeded_world 10000 --seed 1`.

In each, a few orders are pushed through books in memory that lose answers, write late, forget request ids, refuse a
batch as a whole or say nothing about one of its items, while people touch what was written, and the pusher dies between
any two steps. Afterwards, with nothing going wrong any more, every document is in the books once, to the cent. What is
printed counts the documents, what went wrong on their way, and what is wrong at the end: duplicates, losses, cents.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from books.documents import Document, NewCustomer
from books.outcomes import Accepted, Outcome, TryLater, Unknown
from books.serialization import document_body, read_document

if TYPE_CHECKING:
    from sync.pushing.destination import Found, Lost, NotThere, Sending

#: What leaves it open whether a document was written.
_NO_ANSWER = ("lost before", "lost after", "late", "silent")
#: What becomes of a request, and how often in a hundred.
FATES = {"well": 58, "lost before": 9, "lost after": 13, "late": 6, "later": 6, "alone": 4, "silent": 4}
STEPS = ("claimed", "sending", "answered", "recorded", "looked-up")


class Killed(BaseException):
    """The pusher is dead: nothing catches this, as nothing catches kill -9."""


@dataclass(kw_only=True)
class Entry:
    """What the books hold."""

    identifier: str
    form: str
    document: Document
    created: datetime
    #: A person has taken our mark away and written another number.
    touched: bool = False

    def accepted(self, *, adopted: bool = False) -> Accepted:
        """What the books say of it."""
        customer = isinstance(self.document, NewCustomer)
        return Accepted(
            quickbooks_id=self.identifier,
            sync_token="0",
            number="" if self.touched else self.document.number,
            customer_id=self.identifier if customer else self.document.customer.quickbooks_id,
            total=self.document.total,
            currency=self.document.currency,
            adopted=adopted,
        )


class Request:
    """A request that was answered."""

    has_left = True

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.future: Future[object] = Future()
        self.future.set_result(None)
        self._outcomes = outcomes

    def outcome(self, place: int) -> Outcome:
        """What became of the document at this place."""
        return self._outcomes[place]


@dataclass(kw_only=True)
class World:
    """Books in memory, and what goes wrong with them."""

    chance: random.Random
    #: Of its ids: no two worlds of one company share an id.
    prefix: str
    #: What QuickBooks does with a request id that it has seen: `remember` or `forget`.
    ids: str
    entries: list[Entry] = field(default_factory=list)
    answered: dict[tuple[str, str], Entry] = field(default_factory=dict)
    #: What was sent and is written only later.
    unwritten: list[tuple[tuple[str, str], str, Document]] = field(default_factory=list)
    goes_wrong: bool = True
    dead: bool = False
    #: What happened, step by step.
    story: list[str] = field(default_factory=list)
    #: How often what happened; a fate of a request, or `killed` and `touched`.
    happened: Counter[str] = field(default_factory=Counter)

    # What a destination does ------------------------------------------------------------------------------------------

    def render(self, document: Document, *, ids: Mapping[str, str]) -> bytes:
        assert all(ids[key] for key in document.needs)
        return json.dumps(document_body(document)).encode()

    def send(self, kind: str, body: bytes, *, request_id: str, operation: object = None) -> Outcome:
        (outcome,) = self._request([("", request_id, kind, body)])
        return outcome

    def start(self, sendings: Sequence[Sending], *, batch_id: str = "") -> Request:
        wanted = [
            (batch_id, sending.batch_item if batch_id else sending.request_id, sending.form, sending.body)
            for sending in sendings
        ]
        return Request(self._request(wanted))

    def find(self, document: Document, *, ids: Mapping[str, str], since: datetime | None = None) -> Found:
        self._living()
        found = self._found(document, since)
        self.story.append(f"looked for {document.key}: {type(found).__name__}")
        return found

    def _found(self, document: Document, since: datetime | None) -> Found:
        from sync.pushing.destination import Alike, Lookalike, NotThere

        if self._wrong(7):
            return Unknown(reason="The look-up was lost.")
        same = [entry for entry in self.entries if entry.document.key == document.key and not entry.touched]
        if same:
            return same[0].accepted(adopted=True)
        alike = [entry for entry in self.entries if entry.touched and _is_alike(entry, document, since)]
        if alike:
            return Alike(documents=tuple(Lookalike(quickbooks_id=entry.identifier, words="alike") for entry in alike))
        return NotThere()

    def find_many(self, lost: Sequence[Lost], *, ids: Mapping[str, str]) -> list[Found]:
        return [self.find(sent.document, ids=ids, since=sent.since) for sent in lost]

    def stored(self, kind: str, quickbooks_id: str) -> Accepted | NotThere:
        from sync.pushing.destination import NotThere

        self._living()
        return next((entry.accepted() for entry in self.entries if entry.identifier == quickbooks_id), NotThere())

    def holds(self, kind: str, quickbooks_id: str) -> bool:
        self._living()
        return any(entry.identifier == quickbooks_id for entry in self.entries)

    # What goes wrong --------------------------------------------------------------------------------------------------

    def watch(self, step: str, _: object) -> None:
        """Die now and then, at any step."""
        self._living()
        if self._wrong(2):
            self.dead = True
            self.happened["killed"] += 1
            self.story.append(f"killed at {step}")
            raise Killed

    def _living(self) -> None:
        if self.dead:
            raise Killed

    def _wrong(self, of_hundred: int) -> bool:
        return self.goes_wrong and self.chance.randrange(100) < of_hundred

    def _request(self, wanted: list[tuple[str, str, str, bytes]]) -> list[Outcome]:
        self._living()
        fate = self.chance.choices(list(FATES), list(FATES.values()))[0] if self.goes_wrong else "well"
        no_answer: Outcome = Unknown(reason="No answer.")
        together = wanted[0][0] != ""
        self.happened[fate] += 1
        self.story.append(
            f"{fate}: {', '.join(f'{_read(body).key} as {batch[:4]}/{name[:6]}' for batch, name, _, body in wanted)}"
        )
        match fate:
            case "later":
                return [TryLater(reason="Too many requests.", wait=0)] * len(wanted)
            case "alone" if together:
                return [TryLater(reason="Rejected as a whole.", wait=0, alone=True)] * len(wanted)
            case "lost before":
                return [no_answer] * len(wanted)
            case "late":
                self.unwritten += [((batch, name), form, _read(body)) for batch, name, form, body in wanted]
                return [no_answer] * len(wanted)
        outcomes: list[Outcome] = [
            self._written((batch, name), form, _read(body)).accepted() for batch, name, form, body in wanted
        ]
        if fate == "lost after":
            return [no_answer] * len(wanted)
        if fate == "silent":
            outcomes[self.chance.randrange(len(outcomes))] = no_answer
        return outcomes

    def _written(self, key: tuple[str, str], form: str, document: Document) -> Entry:
        from django.utils import timezone

        if self.ids == "remember" and key in self.answered:
            self.story.append(f"remembered {document.key}")
            return self.answered[key]
        entry = Entry(
            identifier=f"{self.prefix}{len(self.entries) + 100}", form=form, document=document, created=timezone.now()
        )
        self.entries.append(entry)
        self.story.append(f"written {document.key} as {entry.identifier}")
        self.answered[key] = entry
        return entry

    def later(self) -> None:
        """Minutes pass: what was still being written is, and a person touches something."""
        self.story.append("minutes later")
        for key, form, document in self.unwritten:
            self._written(key, form, document)
        self.unwritten.clear()
        untouched = [entry for entry in self.entries if entry.form != "customer" and not entry.touched]
        if untouched and self._wrong(12):
            touched = self.chance.choice(untouched)
            touched.touched = True
            self.happened["touched"] += 1
            self.story.append(f"touched {touched.identifier}")


def _is_alike(entry: Entry, document: Document, since: datetime | None) -> bool:
    same = entry.form != "customer" and entry.document.customer.quickbooks_id == document.customer.quickbooks_id
    return same and entry.document.total == document.total and type(entry.document) is type(document)


def _read(body: bytes) -> Document:
    return read_document(json.loads(body))


# One world from its beginning to its end ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class BooksAtEnd:
    """What the books of a world are in the end, beside what they should be."""

    documents: int = 0
    #: Documents that are in the books more often than once, and how often too often.
    duplicates: int = 0
    #: Documents that are not in the books, or are taken for another.
    losses: int = 0
    #: By how many cents the books are off, either way.
    cents: int = 0
    #: What went wrong on the way.
    happened: Counter[str] = field(default_factory=Counter)
    #: What is wrong, with the story of the world; empty where nothing is.
    sentences: tuple[str, ...] = ()

    def __add__(self, other: BooksAtEnd) -> BooksAtEnd:
        """Both together; of the sentences none."""
        return BooksAtEnd(
            documents=self.documents + other.documents,
            duplicates=self.duplicates + other.duplicates,
            losses=self.losses + other.losses,
            cents=self.cents + other.cents,
            happened=self.happened + other.happened,
        )

    def __str__(self) -> str:
        requests = sum(self.happened[fate] for fate in FATES)
        unanswered = sum(self.happened[fate] for fate in _NO_ANSWER)
        return (
            f"{self.documents:,} documents; {requests:,} requests, {unanswered:,} of them without an answer; "
            f"{self.happened['killed']:,} kills, {self.happened['touched']:,} changed by a person: "
            f"{self.duplicates} duplicates, {self.losses} losses, {self.cents} cents off"
        )


def play(company: Any, seed: int) -> BooksAtEnd:
    """Push a few orders through a world of this seed; what the books are at its end."""
    from sync.models import Document as Row
    from tests.factories import staged

    chance = random.Random(seed)
    world = World(chance=chance, ids=chance.choice(["remember", "forget"]), prefix=f"9{seed:06d}")
    first = f"{seed:06d}"
    known = Row.objects.filter(company=company).order_by("-pk").values_list("pk", flat=True).first() or 0
    for number in range(chance.randint(1, 7)):
        staged(company, _order(chance, f"{first}{number}"))
    from sync.preparing.prepare import prepare_new

    prepare_new(company)
    rows = Row.objects.filter(company=company, pk__gt=known)
    for rounds in range(16):
        world.goes_wrong = rounds < 8
        _round(company, world)
        if not world.goes_wrong and not rows.exclude(state="posted").exists():
            break
    return _at_end(world, rows, seed)


def _order(chance: random.Random, number: str) -> str:
    amount = chance.choice(["199.00", "48.00", f"{chance.randrange(100, 90000) / 100:.2f}"])
    buyer = chance.choice(["", f"  #{number} Zoë {number} <z{number}@example.com>"])
    lines = [f"2026-08-14  order {number}{buyer}", f"WT-101  {amount}"]
    if chance.random() < 0.5:
        lines.append(f"paid 2026-08-15  Cash  {amount}")
    return "\n".join(lines)


def _round(company: Any, world: World) -> None:
    from sync.pushing.lease import leased
    from sync.pushing.push import Pusher
    from tests.sync.pushing import minutes_later

    world.dead = False
    try:
        with leased(company) as lease:
            assert lease is not None
            pusher = Pusher(company=company, destination=world, lease=lease, observe=world.watch)  # type: ignore[arg-type]
            pusher.push()
    except Killed:
        pass
    if world.chance.random() < 0.8 or not world.goes_wrong:
        minutes_later(company)
        world.later()
    _answer_questions(company, world)


def _answer_questions(company: Any, world: World) -> None:
    """A person looks, and says what each questionable document is."""
    from sync.models import Document as Row
    from sync.pushing.arrival import tell

    for row in Row.objects.filter(company=company, problems__code="perhaps-posted").distinct():
        found = row.problems.get(code="perhaps-posted").facts["found_ids"]
        same = [entry for entry in world.entries if entry.document.key == row.key and entry.identifier in found]
        world.story.append(f"asked about {row.key}: {found}")
        tell(row, is_it=same[0].identifier if same else "", reason="looked", by=None)


def _at_end(world: World, rows: Any, seed: int) -> BooksAtEnd:
    held = Counter(entry.document.key for entry in world.entries)
    wrong = [f"{key} is in the books {count} times" for key, count in held.items() if count > 1]
    duplicates, losses, off = sum(held.values()) - len(held), 0, Decimal(0)
    by_id = {entry.identifier: entry for entry in world.entries}
    for row in rows:
        entry = by_id.get(row.quickbooks_id)
        if row.state != "posted" and not (row.state == "differs" and entry is not None and entry.touched):
            wrong.append(f"{row.key} is {row.state}")
            losses += 1
        elif entry is None or entry.document.key != row.key:
            wrong.append(f"{row.key} is taken for {row.quickbooks_id}")
            losses += 1
        elif entry.document.total != row.total:
            wrong.append(f"{row.key} is off by {entry.document.total - row.total}")
            off += abs(entry.document.total - row.total)
    keys = {row.key for row in rows}
    never = [f"{key} was never asked for" for key in held if key not in keys]
    wrong += never
    told = (f"seed {seed}: {'; '.join(wrong)}", *(f"    {step}" for step in world.story)) if wrong else ()
    return BooksAtEnd(
        documents=len(keys),
        duplicates=duplicates + len(never),
        losses=losses,
        cents=int(100 * off),
        happened=world.happened,
        sentences=told,
    )


def main(argv: list[str] | None = None) -> int:
    """Play many worlds, and print what is wrong and how many there were."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("worlds", type=int)
    parser.add_argument("--seed", type=int, default=1, help="of the first")
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_DATA_DIR": folder,
            "TIEOUT_LOG_LEVEL": "ERROR",
            "DATABASE_URL": "sqlite://:memory:",
        }
        import django

        django.setup()
        from django.core.management import call_command

        from tests.factories import the_studio

        call_command("migrate", verbosity=0)
        company, wrong, whole = the_studio(), 0, BooksAtEnd()
        for count, seed in enumerate(range(asked.seed, asked.seed + asked.worlds)):
            if count and not count % 500:
                print(f"{count:,} worlds, {wrong} wrong; {whole}", flush=True)
            books = play(company, seed)
            wrong += bool(books.sentences)
            whole += books
            print(*books.sentences, sep="\n", end="\n" * bool(books.sentences), flush=True)
        print(f"{asked.worlds:,} worlds, {wrong} wrong; {whole}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
