"""How is it decided who a customer of a source is, and how is that taken back? One way, from whichever screen.

Every decision leaves a row beside the history of the customer: who said it, when, and whom they were offered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from books.translation import gettext_noop
from companies.forms.base import who_changed
from companies.models import Company
from companies.stored_texts import LONGEST_REASON, in_english
from mapping.models import CustomerDecision, DecidedOn, DecisionKind, QuickBooksCustomer, SourceCustomer

_BATCH = 500
_UNDONE = gettext_noop("Undone: %(name)s")
_WRITTEN = ("quickbooks_customer", "name_given", "linked_by", "linked_at")


class CannotUndo(ValueError):
    """The customer is not as the decision left it; the message says so to a person."""


@dataclass(frozen=True, kw_only=True)
class CustomerChoice:
    """What a person says of one customer: the QuickBooks customer it is, or the name of a new one."""

    customer: SourceCustomer
    found: QuickBooksCustomer | None = None
    #: Where it is a new customer.
    new_name: str = ""
    #: Whom the person was offered, see `CustomerDecision.offered`.
    offered: Sequence[Mapping[str, Any]] = field(default=())

    @property
    def words(self) -> str:
        """What is decided, as a sentence."""
        facts = {"customer": self.customer, "name": self.found.display_name if self.found else self.new_name}
        if self.found:
            return _("%(customer)s is the QuickBooks customer “%(name)s”.") % facts
        return _("%(customer)s is created in QuickBooks as “%(name)s”.") % facts


def decide(
    company: Company, choices: Sequence[CustomerChoice], *, by: User, decided_on: str, why: str
) -> list[CustomerDecision]:
    """Write decisions, each with its author; inside the caller's transaction, who has compared what was seen.

    Args:
        company: Of all the customers.
        choices: Each about another customer. One that changes nothing leaves no trace.
        by: The person.
        decided_on: One of `DecidedOn`.
        why: For the history of the customers.

    Returns:
        What was written, in the order of the choices.
    """
    now = timezone.now()
    changing = [choice for choice in choices if not _says_nothing_new(choice)]
    rows = [
        CustomerDecision(
            company=company,
            customer=choice.customer,
            kind=DecisionKind.LINK if choice.found else DecisionKind.CREATE,
            decided_on=decided_on,
            chosen=choice.found,
            name=choice.found.display_name if choice.found else choice.new_name,
            link_before_id=choice.customer.quickbooks_customer_id,
            name_before=choice.customer.name_given,
            offered=list(choice.offered),
            decided_by=by,
            decided_at=now,
        )
        for choice in changing
    ]
    for choice in changing:
        customer = choice.customer
        customer.quickbooks_customer = choice.found
        customer.linked_by, customer.linked_at = (by, now) if choice.found else (None, None)
        if not choice.found:
            customer.name_given = choice.new_name
    _save([choice.customer for choice in changing], by=by, why=why)
    return CustomerDecision.objects.bulk_create(rows, batch_size=_BATCH)


def remember(customer: SourceCustomer, before: QuickBooksCustomer | None, *, by: User) -> None:
    """Keep the decision that a person made on the customer's own page, where the row is saved by its form."""
    found = customer.quickbooks_customer
    CustomerDecision.objects.create(
        company=customer.company,
        customer=customer,
        kind=DecisionKind.LINK if found else DecisionKind.UNLINK,
        decided_on=DecidedOn.PAGE,
        chosen=found,
        name=found.display_name if found else "",
        link_before=before,
        name_before=customer.name_given,
        decided_by=by,
        decided_at=timezone.now(),
    )


def last_of(company: Company, by: User) -> CustomerDecision | None:
    """The newest decision of a person in a company that was not undone."""
    rows = CustomerDecision.objects.filter(company=company, decided_by=by.pk, undone_at=None)
    return rows.select_related("customer").order_by("-pk").first()


def undo(decision: CustomerDecision, *, by: User) -> SourceCustomer:
    """Bring back what the customer said before; inside the caller's transaction.

    What QuickBooks has of the orders meanwhile stays as it is there.

    Raises:
        CannotUndo: It was undone already, or the customer was changed since; nothing is written.
    """
    customer = SourceCustomer.objects.select_related("quickbooks_customer").get(pk=decision.customer_id)
    if decision.undone_at is not None:
        raise CannotUndo(_("This decision was undone already. Nothing was changed."))
    if not _is_as_left(customer, decision):
        raise CannotUndo(_changed_since(customer, decision))
    customer.quickbooks_customer_id = decision.link_before_id
    customer.name_given = decision.name_before
    linked = decision.link_before_id is not None
    customer.linked_by, customer.linked_at = (by, timezone.now()) if linked else (None, None)
    _save([customer], by=by, why=_UNDONE % {"name": decision.name})
    decision.undone_by, decision.undone_at = by, timezone.now()
    decision.save(update_fields=["undone_by", "undone_at"])
    return customer


def _says_nothing_new(choice: CustomerChoice) -> bool:
    customer = choice.customer
    if choice.found:
        return customer.quickbooks_customer_id == choice.found.pk
    return customer.quickbooks_customer_id is None and customer.name_given == choice.new_name


def _is_as_left(customer: SourceCustomer, decision: CustomerDecision) -> bool:
    """Whether no one has decided otherwise since; a customer who was created by it is linked to it by itself."""
    if decision.kind == DecisionKind.CREATE:
        return customer.name_given == decision.name and customer.linked_by_id is None
    return customer.quickbooks_customer_id == decision.chosen_id


def _changed_since(customer: SourceCustomer, decision: CustomerDecision) -> str:
    linked = customer.quickbooks_customer
    name = "name_given" if decision.kind == DecisionKind.CREATE and not linked else "quickbooks_customer"
    facts = {
        "who": who_changed(customer, name),
        "customer": customer,
        "now": linked.display_name if linked else customer.name_given or "–",
        "name": decision.name or "–",
    }
    return _("Nothing was undone: %(customer)s is “%(now)s” now (%(who)s), and not “%(name)s” any more.") % facts


def _save(customers: Sequence[SourceCustomer], *, by: User, why: str) -> None:
    """Nothing else of them: what the source says may be coming in at this moment."""
    if customers:
        bulk_update_with_history(
            customers,
            SourceCustomer,
            list(_WRITTEN),
            batch_size=_BATCH,
            default_user=by,
            default_change_reason=in_english(why)[:LONGEST_REASON],
        )
