"""What does the page of an issue show? What happened, what it blocks, the mappings it is about, and every way out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from companies.access import Right, roles_with
from companies.models import Company
from mapping.models import LineTypeDefault, Product
from reconciliation.actions import actions_of
from reconciliation.fixes import Fix
from reconciliation.models import Issue
from reconciliation.other_fixes import Way, ways_of
from reconciliation.paging import Page, Sort, keyset_page
from reconciliation.resolutions import Slot, account_slots, item_slots
from reconciliation.tables import DocumentTable
from reconciliation.three_sides import Sides, sides_of_cause
from reconciliation.wording import ProblemWords, tell
from sync.models import Document

NEWEST_FIRST = Sort(name="prepared", field="pk", descending=True)
#: A page that lists more mappings is read by nobody; the number of the others is said.
SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class AffectedMapping:
    """One mapping, with the screen on which it is decided."""

    words: str
    link: str


@dataclass(frozen=True, kw_only=True)
class AffectedMappings:
    """The mappings of an issue."""

    shown: tuple[AffectedMapping, ...]
    more: int

    def __bool__(self) -> bool:
        return bool(self.shown)


@dataclass(frozen=True, kw_only=True)
class IssuePage:
    """One issue with everything around its fixes."""

    words: ProblemWords
    ways: Sequence[Way]
    affected: AffectedMappings
    #: Of a document that was changed in QuickBooks.
    sides: Sequence[Sides]
    page: Page[Document]
    table: DocumentTable


@dataclass(frozen=True, kw_only=True)
class OfferedFix:
    """A form that clears the issue, and whether this person may send it."""

    form: Fix
    may: bool
    #: The roles that have the right, for a person who has not.
    who: str


def issue_page(company: Company, issue: Issue, place: str) -> IssuePage:
    """Read what the page shows, in a fixed number of queries.

    Args:
        company: Of the issue.
        issue: Open or solved.
        place: The page of the blocked documents, as its links say it; empty for the first one.
    """
    blocked = Document.objects.filter(company=company, problems__cause=issue.cause)
    page = keyset_page(blocked, NEWEST_FIRST, place)
    actions = actions_of(company, page.rows)
    return IssuePage(
        words=tell(issue.code, issue.facts),
        ways=ways_of(company, issue),
        affected=affected_mappings(company, issue),
        sides=sides_of_cause(company, issue.cause, issue.code),
        page=page,
        table=DocumentTable(page.rows, actions=actions, company=company, exclude=("chosen", "action")),
    )


def offered(fixes: Iterable[Fix], rights: Collection[Right]) -> list[OfferedFix]:
    """The fixes of an issue for a person with these rights."""
    return [OfferedFix(form=fix, may=fix.right in rights, who=roles_with(fix.right)) for fix in fixes]


def affected_mappings(company: Company, issue: Issue) -> AffectedMappings:
    """The mappings that give the name which the issue is about; none for an issue about something else."""
    slots: list[Slot] = []
    if issue.code == "item-not-in-quickbooks":
        slots = item_slots(company, str(issue.facts.get("item", "")))
    elif issue.code == "account-not-in-quickbooks":
        slots = account_slots(company, str(issue.facts.get("account", "")))
    shown = tuple(AffectedMapping(words=str(slot), link=_link(company, slot)) for slot in slots[:SHOWN])
    return AffectedMappings(shown=shown, more=len(slots) - len(shown))


def _link(company: Company, slot: Slot) -> str:
    if isinstance(slot.row, Product):
        return reverse("admin:mapping_product_change", args=[slot.row.pk])
    if isinstance(slot.row, LineTypeDefault):
        return reverse("mapping:line_types", args=[company.slug])
    return reverse("mapping:posting_accounts", args=[company.slug])
