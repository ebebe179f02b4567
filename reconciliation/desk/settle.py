"""A person says who some customers are: is it still as they saw it, and what follows from it?

One customer on the desk, many by one reason, and the rows of a spreadsheet go this one way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from books.contact_details import emails
from companies.bulk_sql import chunks
from companies.forms.base import Meanwhile, both_sides, plain
from companies.models import Company, take_turns
from mapping.customer_decisions import CustomerChoice, decide, undo
from mapping.customer_lookup import source_customers_at
from mapping.models import CustomerDecision, QuickBooksCustomer, SourceCustomer
from reconciliation.models import Issue
from sync.history import record_for_all
from sync.jobs.begin import begin_resync
from sync.models import Document, DocumentState, Run, RunKind, StagedOrder
from sync.preparing.prepare import prepare_orders, unsent_orders
from sync.resync import start

#: So many orders are prepared while a person waits; more are prepared in the background.
AT_ONCE = 50
_BATCH = 500
#: What is compared with what a person saw.
_DECIDED = ("quickbooks_customer", "name_given", "email_given")


@dataclass(frozen=True, kw_only=True)
class MatchAnswer:
    """One answer of a person, and what they saw when they gave it."""

    customer: int
    #: The QuickBooks id of the customer it is; empty for a new one.
    quickbooks_id: str = ""
    #: What that customer was called, for the words of a refusal.
    quickbooks_name: str = ""
    new_name: str = ""
    #: As `seen_of` said it.
    seen: Mapping[str, str]
    offered: Sequence[Mapping[str, Any]] = ()
    #: The issue that it settles, where there is one.
    issue: int | None = None


@dataclass(frozen=True, kw_only=True)
class MatchOutcome:
    """What came of some answers."""

    decisions: Sequence[CustomerDecision] = ()
    #: What was decided, sentence by sentence.
    words: Sequence[str] = ()
    #: Of those that were refused, the primary key of the customer and why, with both sides.
    refused: Mapping[int, str] = field(default_factory=dict)
    #: Documents of the orders that were prepared at once, by state.
    ready: int = 0
    blocked: int = 0
    #: What prepares the others.
    run: Run | None = None
    orders: int = 0
    #: Whether a decision was taken back.
    undone: bool = False

    def also_refused(self, refused: Mapping[int, str]) -> MatchOutcome:
        """The same with further refusals."""
        return replace(self, refused={**self.refused, **refused})

    @property
    def consequences(self) -> str:
        """What follows for the orders, as sentences; empty for nothing."""
        said = []
        if self.run:
            sentence = _("%(number)d orders are being prepared in the background.")
            said.append(sentence % {"number": self.orders})
        if self.ready:
            sentence = ngettext("%(number)d document is ready.", "%(number)d documents are ready.", self.ready)
            said.append(sentence % {"number": self.ready})
        if self.blocked and self.undone:
            sentence = ngettext("%(number)d document waits again.", "%(number)d documents wait again.", self.blocked)
            said.append(sentence % {"number": self.blocked})
        elif self.blocked:
            sentence = ngettext(
                "%(number)d document is still blocked, by another cause.",
                "%(number)d documents are still blocked, by other causes.",
                self.blocked,
            )
            said.append(sentence % {"number": self.blocked})
        return " ".join(said)


def seen_of(customer: SourceCustomer) -> dict[str, str]:
    """What a page shows as decided about a customer, to be compared when an answer comes."""
    return {name: plain(getattr(customer, name)) for name in _DECIDED}


def settle(company: Company, answers: Sequence[MatchAnswer], *, by: User, decided_on: str, why: str) -> MatchOutcome:
    """Write what a person says of some customers, and have what it unblocks prepared.

    Args:
        company: Theirs; a customer of another company is not there.
        answers: Each about another customer. One that does not fit what is stored by now is refused by itself.
        by: The person, who may resolve.
        decided_on: One of `DecidedOn`.
        why: For the history.
    """
    with transaction.atomic():
        # No one else decides between the comparison and the write
        take_turns(company)
        customers = _customers(company, [answer.customer for answer in answers])
        books = _in_books(company, {answer.quickbooks_id for answer in answers} - {""})
        refused = dict(_refusals(answers, customers, books))
        taken = [answer for answer in answers if answer.customer not in refused]
        choices = [
            CustomerChoice(
                customer=customers[answer.customer],
                found=books[answer.quickbooks_id] if answer.quickbooks_id else None,
                new_name=answer.new_name,
                offered=answer.offered,
            )
            for answer in taken
        ]
        decisions = decide(company, choices, by=by, decided_on=decided_on, why=why)
        words = {choice.customer.pk: choice.words for choice in choices}
        run, orders = _follow(company, [choice.customer for choice in choices], words, by=by)
        issues = [answer.issue for answer in taken if answer.issue]
        for some in chunks(issues, _BATCH):
            Issue.objects.filter(company=company, pk__in=some).update(solved_by=by.pk, under_way=run)
    return _prepared(company, orders, run, by=by, decisions=decisions, words=tuple(words.values()), refused=refused)


def take_back(decision: CustomerDecision, *, by: User) -> MatchOutcome:
    """Undo a decision, and have the orders that were not posted under it prepared again.

    Raises:
        CannotUndo: Someone has decided otherwise since, or it was undone already.
    """
    company = decision.company
    with transaction.atomic():
        take_turns(company)
        decision = CustomerDecision.objects.select_related("company").get(pk=decision.pk)
        customer = undo(decision, by=by)
        words = _("The decision “%(name)s” was undone.") % {"name": decision.name}
        run, orders = _follow(company, [customer], {customer.pk: words}, by=by)
    return _prepared(company, orders, run, by=by, decisions=(decision,), words=(words,), undone=True)


def concerned(company: Company, customers: Sequence[SourceCustomer]) -> QuerySet[StagedOrder]:
    """The orders, not sent or not wholly, of some customers and of those who share an email address with them."""
    addresses = {address for customer in customers for address in emails(customer.billing_email)}
    keys = {customer.source_key for customer in customers}
    if addresses:
        keys.update(source_customers_at(company, addresses).values_list("source_key", flat=True))
    return unsent_orders(company).filter(customer_key__in=keys)


def _follow(
    company: Company, customers: Sequence[SourceCustomer], words: Mapping[int, str], *, by: User
) -> tuple[Run | None, list[int]]:
    """Note the decision with each order of the customers; the orders to prepare, and what prepares them if many."""
    orders: dict[int, str] = {}
    for some in chunks(customers, _BATCH):
        orders |= dict(concerned(company, some).values_list("pk", "customer_key"))
    said = {customer.source_key: words[customer.pk] for customer in customers}
    noted: dict[str, list[int]] = defaultdict(list)
    for pk, key in orders.items():
        if key in said:
            noted[said[key]].append(pk)
    for what, numbers in noted.items():
        record_for_all(numbers, "fixed", by=by, what=what)
    if len(orders) <= AT_ONCE:
        return None, list(orders)
    run = start(company, orders, by=by, kind=RunKind.PREPARE)
    begin_resync(run)
    return run, list(orders)


def _prepared(company: Company, orders: Sequence[int], run: Run | None, *, by: User, **told: Any) -> MatchOutcome:
    """Prepare a few orders now; what came of it."""
    if run is not None or not orders:
        return MatchOutcome(run=run, orders=len(orders), **told)
    prepare_orders(company, StagedOrder.objects.filter(pk__in=orders), by=by)
    documents = Document.objects.filter(company=company, order__in=orders).exclude(kind="customer")
    states = list(documents.values_list("state", flat=True))
    ready, blocked = states.count(DocumentState.READY), states.count(DocumentState.BLOCKED)
    return MatchOutcome(ready=ready, blocked=blocked, orders=len(orders), **told)


def _customers(company: Company, numbers: Sequence[int]) -> dict[int, SourceCustomer]:
    found: dict[int, SourceCustomer] = {}
    for some in chunks(numbers, _BATCH):
        rows = SourceCustomer.objects.filter(company=company, pk__in=some)
        found |= {row.pk: row for row in rows.select_related("quickbooks_customer", "company")}
    return found


def _in_books(company: Company, ids: set[str]) -> dict[str, QuickBooksCustomer]:
    found: dict[str, QuickBooksCustomer] = {}
    for some in chunks(sorted(ids), _BATCH):
        rows = QuickBooksCustomer.objects.filter(company=company, quickbooks_id__in=some)
        found |= {row.quickbooks_id: row for row in rows}
    return found


def _refusals(
    answers: Sequence[MatchAnswer], customers: Mapping[int, SourceCustomer], books: Mapping[str, QuickBooksCustomer]
) -> Iterator[tuple[int, str]]:
    for answer in answers:
        customer = customers.get(answer.customer)
        if customer is None:
            yield answer.customer, _("This customer is not there any more. Nothing was saved.")
        elif words := _decided_meanwhile(customer, answer) or _not_to_be_chosen(answer, books):
            yield customer.pk, words


def _decided_meanwhile(customer: SourceCustomer, answer: MatchAnswer) -> str:
    """What another person decided since the answer's page was made, beside what was answered; empty for nothing."""
    now = seen_of(customer)
    entered = answer.quickbooks_name or answer.new_name
    for name in _DECIDED:
        before = answer.seen.get(name, "")
        if before != now[name]:
            changed = Meanwhile(name=name, before=before, now=now[name], entered=entered)
            facts = {"customer": customer, "both": both_sides(customer, changed)}
            return _("Nothing was saved: %(customer)s was decided in the meantime. %(both)s") % facts
    return ""


def _not_to_be_chosen(answer: MatchAnswer, books: Mapping[str, QuickBooksCustomer]) -> str:
    """Why the QuickBooks customer cannot be chosen any more; empty where they can."""
    if not answer.quickbooks_id:
        return ""
    found = books.get(answer.quickbooks_id)
    facts = {"name": found.display_name if found else answer.quickbooks_name or answer.quickbooks_id}
    if found is None:
        return _("Nothing was saved: “%(name)s” is not on QuickBooks' list any more. Choose another one.") % facts
    if not found.active:
        sentence = _(
            "Nothing was saved: “%(name)s” was made inactive in QuickBooks after this was shown. Make the customer "
            "active there and press Re-sync, or choose another one."
        )
        return sentence % facts
    return ""
