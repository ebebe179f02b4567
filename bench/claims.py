"""How long is the claim of the next thirty documents among a million? `python -m bench.claims 1000000`.

In the books that `bench.books` made: for the company that has them all, by one process and by four at once, which wait
for one another; then by 1, 2, 4 and 8 processes for companies of their own, to which a part of what is ready is given.
Each claim is what a sync does, up to the moment at which it would be committed; it is taken back instead, so that the
books stay as they are. Without commits nothing is written to the disk: what a commit costs comes on top.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import django

from bench.screens import of_backend
from bench.server import database_of, environment_of, has_database, server_address

if TYPE_CHECKING:
    from companies.models import Company
    from sync.models import Document
    from sync.pushing.destination import Destination

BATCH, CLAIMS = 30, 40
#: How many processes, and whether each has a company of its own.
ARRANGEMENTS = ((1, False), (4, False), (1, True), (2, True), (4, True), (8, True))


def main(size: int) -> None:
    """Claim in each arrangement, and print what a claim took."""
    server = server_address()
    if not has_database(server, size):
        sys.exit(f"There are no books of {size:,} documents: make them with python -m bench.books {size}")
    environment = environment_of(database_of(server, size))
    print(f"{size:,} documents, claims of {BATCH}; milliseconds, the middle of all claims: of processor time for")
    print("what was found and locked, and for the whole claim; then by the clock the claim, and its company's turn")
    print(("{:>12}" * 8).format("processes", "companies", "found", "Python", "database", "claim", "9 of 10", "waits"))
    for processes, own in ARRANGEMENTS:
        claims = claims_of(processes, own=own, environment=environment)
        middle = {name: statistics.median(claim[name] for claim in claims) for name in claims[0]}
        most = statistics.quantiles((claim["claim"] for claim in claims), n=10)[-1]
        processor = (middle["found"], middle["python"], middle["database"])
        figures = (*processor, middle["claim"], most, middle["turn"])
        print(f"{processes:>12}{processes if own else 1:>12}", *(f"{figure:>11.1f}" for figure in figures), flush=True)


def claims_of(processes: int, *, own: bool, environment: dict[str, str]) -> list[dict[str, float]]:
    """The claims of so many processes that begin at the same moment."""
    command = [sys.executable, "-m", "bench.claims", "claim"]
    at_work = [
        subprocess.Popen(
            [*command, str(place), str(processes), "own" if own else "one"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(processes)
    ]
    for process in at_work:
        assert process.stdout
        if process.stdout.readline() != "ready\n":  # it has said why
            for other in at_work:
                other.kill()
            sys.exit("The other arrangements were not measured.")
    for process in at_work:
        assert process.stdin
        process.stdin.write("begin\n")
        process.stdin.flush()
    return [claim for process in at_work for claim in json.loads(process.communicate()[0])]


# In a process ---------------------------------------------------------------------------------------------------------


def measure(place: int, processes: int, *, own: bool) -> None:
    """Claim for the company that has the books, or for one that has a part of what is ready there."""
    from companies.models import Company

    studio = Company.objects.get(slug="bramble-birch")
    if not own:
        claim_again_and_again(studio)
        return
    with taken_back():
        claim_again_and_again(company_beside(studio, place, processes))


def claim_again_and_again(company: Company) -> None:
    """Get ready, wait for the word, claim, and print what each claim took."""
    with taken_back():
        one_claim(company)
    print("ready", flush=True)
    sys.stdin.readline()
    claims = []
    for _ in range(CLAIMS):
        with taken_back():
            claims.append(one_claim(company))
    print(json.dumps(claims))


def one_claim(company: Company) -> dict[str, float]:
    """Milliseconds until it was the company's turn, of the claim itself, and of processor time in it."""
    from django.db import connection

    from companies.models import take_turns
    from sync.pushing.claims import claim, take_ready
    from sync.pushing.gate import ApprovalGate
    from sync.quickbooks_online import wire

    found = 0.0

    def take(most: int) -> list[Document]:
        nonlocal found
        python, database = time.process_time(), of_backend(connection)
        documents = take_ready(most, company=company)
        found = time.process_time() - python + of_backend(connection) - database
        return documents

    begun = time.perf_counter()
    take_turns(company)
    its_turn, python, database = time.perf_counter(), time.process_time(), of_backend(connection)
    claims = claim(
        company,
        cast("Destination", wire),  # of which nothing but the bytes is asked for
        take,
        most=BATCH,
        together=True,
        gate=ApprovalGate(),
    )
    ended = time.perf_counter()
    assert not claims.broken, claims.broken
    if len(claims.pushes) <= BATCH / 2:
        sys.exit(f"{len(claims.pushes)} documents are ready for one claim, so that it means little: take larger books.")
    return {
        "turn": 1000 * (its_turn - begun),
        "claim": 1000 * (ended - its_turn),
        "python": 1000 * (time.process_time() - python),
        "database": 1000 * (of_backend(connection) - database),
        "found": 1000 * found,
    }


def company_beside(studio: Company, place: int, processes: int) -> Company:
    """A company that has a part of what is ready; no two processes have the same part."""
    from companies.models import Company
    from sync.models import Document, StagedOrder
    from sync.pushing.claims import ready_documents

    company = Company.objects.get(pk=studio.pk)
    company.pk, company.slug, company.name = None, f"beside-{place}", f"Beside {place}"
    company.save(force_insert=True)
    waiting = ready_documents(studio).order_by("order").values_list("order", flat=True).distinct()
    orders = list(waiting)[place::processes]
    Document.objects.filter(order__in=orders).update(company=company)
    StagedOrder.objects.filter(pk__in=orders).update(company=company)
    # A copied payment says that it settles the invoice that it was copied from, of the customer of that one
    needed = {key for payment in ready_documents(company).select_related("frozen") for key in payment.value().needs}
    originals = list(Document.objects.filter(company=studio, key__in=needed))
    for document in originals:
        document.pk, document.company = None, company
    Document.objects.bulk_create(originals)
    return company


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is taken back at the end."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["claim"]:
        django.setup()
        measure(int(sys.argv[2]), int(sys.argv[3]), own=sys.argv[4] == "own")
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
