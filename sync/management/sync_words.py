"""What a sync came to, as a command says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from books.json_types import Json
from companies.stored_texts import retold
from sync.causes import MOST_CAUSES
from sync.held_batches import told as batch_told
from sync.management.fetches import tell_crm, tell_fetch
from sync.management.review_words import tell_reviews
from sync.management.words import counted, moment, number, told
from sync.models import ProofState, RunProof
from sync.pushing.address_updates import ADDRESSES
from sync.pushing.sender import NEW_CUSTOMERS
from sync.readiness import IN_SETUP
from sync.sync_report import SyncReport

Write = Callable[[str], object]

#: By the name of a count, how documents are told that came to it.
_DOCUMENTS: Mapping[str, Callable[[int], str]] = {
    "posted": lambda n: counted("%(n)s document posted", "%(n)s documents posted", n),
    "adopted": lambda n: counted(
        "%(n)s document found in QuickBooks already",
        "%(n)s documents found in QuickBooks already",
        n,
    ),
    "updated": lambda n: counted("%(n)s document updated in QuickBooks", "%(n)s documents updated in QuickBooks", n),
    "voided": lambda n: counted("%(n)s document voided in QuickBooks", "%(n)s documents voided in QuickBooks", n),
    "undone": lambda n: counted("%(n)s document undone in QuickBooks", "%(n)s documents undone in QuickBooks", n),
    "left": lambda n: counted("%(n)s document was not undone", "%(n)s documents were not undone", n),
    "held": lambda n: counted(
        "%(n)s document whose change waits for a person",
        "%(n)s documents whose change waits for a person",
        n,
    ),
    "stale": lambda n: counted(
        "%(n)s document changed in QuickBooks at the same moment and read again",
        "%(n)s documents changed in QuickBooks at the same moment and read again",
        n,
    ),
    "unread": lambda n: counted(
        "%(n)s document that QuickBooks did not show, left for later",
        "%(n)s documents that QuickBooks did not show, left for later",
        n,
    ),
    "asked": lambda n: counted(
        "%(n)s document possibly in QuickBooks already: a person decides",
        "%(n)s documents possibly in QuickBooks already: a person decides",
        n,
    ),
    "refused": lambda n: counted("%(n)s document rejected by QuickBooks", "%(n)s documents rejected by QuickBooks", n),
    "differs": lambda n: counted(
        "%(n)s document stored differently by QuickBooks",
        "%(n)s documents stored differently by QuickBooks",
        n,
    ),
    "later": lambda n: counted("%(n)s document waiting for QuickBooks", "%(n)s documents waiting for QuickBooks", n),
    "unknown": lambda n: counted("%(n)s document without a clear answer", "%(n)s documents without a clear answer", n),
    "customers_unclear": lambda n: counted(
        "%(n)s new customer without a clear answer", "%(n)s new customers without a clear answer", n
    ),
    "blocked": lambda n: counted("%(n)s document blocked", "%(n)s documents blocked", n),
    "ready": lambda n: counted("%(n)s document ready", "%(n)s documents ready", n),
    "sending": lambda n: counted("%(n)s document under way", "%(n)s documents under way", n),
    "exported": lambda n: counted(
        "%(n)s document exported, not acknowledged yet",
        "%(n)s documents exported, not acknowledged yet",
        n,
    ),
}


def tell_sync(report: SyncReport, write: Write, *, refuse: Write) -> None:
    """Say what one company's sync came to.

    Args:
        report: Of the sync.
        write: Where it is said.
        refuse: Where it is said why the company could not be synced.
    """
    for fetched in report.fetched:
        tell_fetch(fetched, write)
    if report.cannot_run:
        refuse(f"  {told(report.cannot_run)}")
        _tell_lines(_counts(report), write)
        return
    for crm in report.crms:
        tell_reviews(crm, write)
    _tell_lines(_prepared(report), write)
    _tell_lines(_counts(report), write)
    if report.proof:
        write(f"  {proof_words(report.proof)}")
    for crm in report.crms:
        tell_crm(crm, write)
    tell_causes(report.causes, write)
    _tell_lines(_what_waits(report), write)


def proof_words(proof: RunProof) -> str:
    """Whether the trial balance moved by what was posted."""
    if proof.state == ProofState.PROVEN:
        return _("Trial balance: every account moved by what was posted, to the cent.")
    why = {"state": proof.get_state_display(), "why": retold(proof.why)}
    return _("Trial balance: %(state)s. %(why)s") % why


def _tell_lines(lines: Iterator[str], write: Write) -> None:
    for line in lines:
        write(f"  {line}")


def _prepared(report: SyncReport) -> Iterator[str]:
    orders, skipped = report.counts["prepared_orders"], report.counts["nothing_to_post"]
    if skipped:
        yield counted(
            "%(n)s order prepared, %(skipped)s of them with nothing to post",
            "%(n)s orders prepared, %(skipped)s of them with nothing to post",
            orders,
            skipped=number(skipped),
        )
    else:
        yield counted("%(n)s order prepared", "%(n)s orders prepared", orders)
    if failed := report.counts.get("failed"):
        yield counted(
            "%(n)s order or document could not be processed; each is an issue",
            "%(n)s orders or documents could not be processed; each is an issue",
            failed,
        )
    if waits := report.counts.get("not_due"):
        yield counted(
            "%(n)s order waits to be paid, packed or shipped first",
            "%(n)s orders wait to be paid, packed or shipped first",
            waits,
        )


def _counts(report: SyncReport) -> Iterator[str]:
    if customers := report.counts.get(NEW_CUSTOMERS):
        yield counted("%(n)s customer created", "%(n)s customers created", customers)
    if addresses := report.counts.get(ADDRESSES):
        yield counted("%(n)s customer address updated", "%(n)s customer addresses updated", addresses)
    for name, words in _DOCUMENTS.items():
        if documents := report.counts.get(name):
            yield words(documents)


def tell_causes(causes: Sequence[Json], write: Write) -> None:
    """Say what has to be fixed, and what each cause blocks."""
    if len(causes) == MOST_CAUSES:
        most = _("What has to be fixed (the %(most)s with the most money):") % {"most": MOST_CAUSES}
        write(f"  {most}")
    elif causes:
        write("  " + _("What has to be fixed:"))
    for cause in causes:
        write(f"  - {_(cause['title'])}: {retold(cause['explanation'])}")
        write(f"    {_blocks(cause)}")


def _blocks(cause: Json) -> str:
    facts = {"money": ", ".join(map(retold, cause["money"].split(", "))), "first": retold(cause["first"])}
    documents = cause["documents"]
    if not cause["first"]:
        return counted("blocks %(n)s document, %(money)s", "blocks %(n)s documents, %(money)s", documents, **facts)
    if documents > 1:
        return counted(
            "blocks %(n)s document, %(money)s (the first: %(first)s)",
            "blocks %(n)s documents, %(money)s (the first: %(first)s)",
            documents,
            **facts,
        )
    return counted(
        "blocks %(n)s document, %(money)s (%(first)s)",
        "blocks %(n)s documents, %(money)s (%(first)s)",
        documents,
        **facts,
    )


def _what_waits(report: SyncReport) -> Iterator[str]:
    if waiting := report.counts.get("to_export"):
        yield counted(
            "%(n)s document waits to be exported: on the page Export files, or run",
            "%(n)s documents wait to be exported: on the page Export files, or run",
            waiting,
        )
        yield f"export_iif --company {report.company.slug} --output FILE"
    if report.restored and report.restored.since:
        restored = _("Restored from a backup on %(when)s: each document is looked up before its first send,")
        yield restored % {"when": moment(report.restored.since)}
        yield _("until after_restore --end")
    if report.in_setup:
        yield told(IN_SETUP)
    if report.held:
        yield told(batch_told(report.company, report.held))
        yield f"/{report.company.slug}/previews/{report.held.pk}/"
    if report.stopped:
        yield _("Stopped early: %(reason)s") % {"reason": retold(report.stopped)}
