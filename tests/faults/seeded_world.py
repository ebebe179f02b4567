"""Many small worlds in which everything goes wrong by a seed: `python -m tests.faults.seeded_world 10000 --seed 1`.

In each, a few orders are pushed through books in memory that lose answers, write late, forget request ids, refuse a
batch as a whole or say nothing about one of its items, while people touch what was written, and the pusher dies between
any two steps. Afterwards, with nothing going wrong any more, every document is in the books once, to the cent. What is
printed counts the documents, what went wrong on their way, and what is wrong at the end: duplicates, losses, cents.

Each world begins with the same database, and is over a round after its last document is settled. So a world depends on
its seed alone, and `--processes` plays several side by side.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.faults.world import FATES, NO_ANSWER, Killed, World

#: Rounds in which everything goes wrong, and with those in which nothing does any more.
_WRONG, _ROUNDS = 8, 16
_PROGRESS = 500
#: What every world of this process begins with: its company, and the database.
_beginning: dict[str, Any] = {}

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
    #: Documents of which Tieout does not say that they are posted.
    unsettled: int = 0
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
            unsettled=self.unsettled + other.unsettled,
            happened=self.happened + other.happened,
        )

    def __str__(self) -> str:
        requests = sum(self.happened[fate] for fate in FATES)
        unanswered = sum(self.happened[fate] for fate in NO_ANSWER)
        return (
            f"{self.documents:,} documents; {requests:,} requests, {unanswered:,} of them without an answer; "
            f"{self.happened['killed']:,} kills, {self.happened['touched']:,} changed by a person: "
            f"{self.duplicates} duplicates, {self.losses} losses, {self.cents} cents off, {self.unsettled} not settled"
        )

    def by_kind(self) -> str:
        """How often what went wrong on the way."""
        return ", ".join(f"{what} {count:,}" for what, count in self.happened.most_common())


def play(company: Any, seed: int) -> BooksAtEnd:
    """Push a few orders through a world of this seed; what the books are at its end."""
    from sync.models import Document as Row
    from sync.preparing.prepare import prepare_new
    from tests.factories import staged

    chance = random.Random(seed)
    world = World(chance=chance, ids=chance.choice(["remember", "forget"]), prefix=f"9{seed:06d}")
    first = f"{seed:06d}"
    known = Row.objects.filter(company=company).order_by("-pk").values_list("pk", flat=True).first() or 0
    staged(company, *(_order(chance, f"{first}{number}") for number in range(chance.randint(1, 7))))
    prepare_new(company)
    rows = Row.objects.filter(company=company, pk__gt=known)
    was_over = False
    for rounds in range(_ROUNDS):
        world.goes_wrong = rounds < _WRONG
        _round(company, world)
        is_over = _is_over(world, rows)
        if was_over and is_over:
            break
        was_over = is_over
    return _at_end(world, rows, seed)


def _is_over(world: World, rows: Any) -> bool:
    """Whether nothing is left to be sent, asked, written late or decided."""
    from sync.models import Push, PushState

    if world.unwritten or rows.exclude(state__in=("posted", "differs")).exists():
        return False
    return not Push.objects.filter(document__in=rows, state=PushState.OPEN).exists()


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
    by_id = {entry.identifier: entry for entry in world.entries}
    wrong = [f"{key} is in the books {count} times" for key, count in held.items() if count > 1]
    lost, unsettled, keys = set[str](), 0, {row.key for row in rows}
    for row in rows:
        entry = by_id.get(row.quickbooks_id)
        if not held[row.key]:
            wrong.append(f"{row.key} is not in the books")
            lost.add(row.key)
        if row.state != "posted" and not (row.state == "differs" and entry is not None and entry.touched):
            wrong.append(f"{row.key} is {row.state}")
            unsettled += 1
        elif entry is None or entry.document.key != row.key:
            wrong.append(f"{row.key} is taken for {row.quickbooks_id}")
            lost.add(row.key)
    never = [key for key in held if key not in keys]
    off = {row.key: -row.total for row in rows}
    for entry in world.entries:
        off[entry.document.key] = off.get(entry.document.key, Decimal(0)) + entry.document.total
    wrong += [f"{key} was never asked for" for key in never]
    wrong += [f"{key} is off by {amount}" for key, amount in off.items() if amount]
    told = (f"seed {seed}: {'; '.join(wrong)}", *(f"    {step}" for step in world.story)) if wrong else ()
    return BooksAtEnd(
        documents=len(keys),
        duplicates=sum(held.values()) - len(held) + len(never),
        losses=len(lost),
        cents=int(100 * sum(map(abs, off.values()))),
        unsettled=unsettled,
        happened=world.happened,
        sentences=told,
    )


# Many worlds ----------------------------------------------------------------------------------------------------------


def main(argv: list[str] | None = None) -> int:
    """Play many worlds, and print what is wrong and how many there were."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("worlds", type=int)
    parser.add_argument("--seed", type=int, default=1, help="of the first")
    parser.add_argument("--processes", type=int, default=1, help="so many worlds side by side")
    asked = parser.parse_args(argv)
    begun, wrong, whole = time.monotonic(), 0, BooksAtEnd()
    with _first_books() as (company, books):
        _beginning.update(company=company, books=books)
        seeds = range(asked.seed, asked.seed + asked.worlds)
        print(f"the first books after {time.monotonic() - begun:.0f} s", flush=True)
        with multiprocessing.get_context("fork").Pool(asked.processes, initializer=_begin_process) as pool:
            for count, end in enumerate(pool.imap_unordered(_play_anew, seeds, chunksize=10), start=1):
                wrong += bool(end.sentences)
                whole += end
                print(*end.sentences, sep="\n", end="\n" * bool(end.sentences), flush=True)
                if not count % _PROGRESS and count < asked.worlds:
                    print(f"{count:,} worlds, {wrong} wrong, {time.monotonic() - begun:.0f} s; {whole}", flush=True)
    print(f"{asked.worlds:,} worlds, {wrong} wrong, {time.monotonic() - begun:.0f} s; {whole}")
    print(f"on their way: {whole.by_kind()}")
    return 1 if wrong else 0


@contextmanager
def _first_books() -> Iterator[tuple[Any, bytes]]:
    """A company before its first order, and the database in which it is."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_ENV_FILE": os.devnull,
            "TIEOUT_DATA_DIR": folder,
            "TIEOUT_LOG_LEVEL": "ERROR",
            "TIEOUT_DEBUG": "false",
            "DATABASE_URL": "sqlite://:memory:",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from tests.factories import the_studio

        call_command("migrate", verbosity=0)
        company = the_studio()
        assert connection.connection is not None
        yield company, connection.connection.serialize()


def _begin_process() -> None:
    """A process of its own has a database of its own."""
    from django.db import connection

    from companies.collecting import leave_out_for_good

    connection.connection = None
    connection.ensure_connection()
    leave_out_for_good()
    gc.set_threshold(100_000)  # a world leaves much behind, and little of it in circles


def _play_anew(seed: int) -> BooksAtEnd:
    from django.db import connection

    assert connection.connection is not None
    connection.connection.deserialize(_beginning["books"])
    try:
        return play(_beginning["company"], seed)
    except Exception:  # the others are played all the same
        return BooksAtEnd(sentences=(f"seed {seed} broke off: {traceback.format_exc()}",))


if __name__ == "__main__":
    sys.exit(main())
