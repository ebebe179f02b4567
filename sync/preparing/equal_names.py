"""Would a new customer get the name of another one? QuickBooks Desktop knows customers by name alone, so a person says.

`Ortega, Marie` is `Marie Ortega` to it. QuickBooks Online asks by itself, when the second one is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet

from books.answers import Answers, CustomerRef
from books.documents import NewCustomer
from books.names import desktop_name, desktop_spellings
from books.orders import Order
from books.problems import CustomerNameTaken, NameOfAnotherList, NewCustomersShareName, Problem
from companies.models import Company, CompanyKind
from mapping.models import DesktopOtherName, QuickBooksCustomer
from sync.models import CustomerName, Document, DocumentState, StagedOrder

#: On its way into QuickBooks, whose list does not have the name yet.
_NOT_WRITTEN = (DocumentState.BLOCKED, DocumentState.READY, DocumentState.REFUSED)
_WRITTEN = (DocumentState.SENDING, DocumentState.UNKNOWN, DocumentState.EXPORTED)


@dataclass(kw_only=True)
class _Names:
    """Who has some names, by the names as Desktop compares them."""

    customers: Mapping[str, str]
    others: Mapping[str, str]
    #: The customer that a document brings in, with its key and the number of its order.
    new: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    #: Keys of customers who have their name already, in a file.
    written: set[str] = field(default_factory=set)

    def problem(self, reference: CustomerRef, key: str, order: Order) -> Problem | None:
        """Why a new customer cannot have the name; where nothing is in the way, the customer has it from now on."""
        name, customer = desktop_name(reference.name), order.customer.name
        if taken := self.customers.get(name):
            return CustomerNameTaken(customer_key=key, customer=customer, name=taken)
        if taken := self.others.get(name):
            return NameOfAnotherList(customer_key=key, customer=customer, name=taken)
        own = (reference.created_by, reference.name, order.number)
        holder, spelled, number = self.new.setdefault(name, own)
        if reference.created_by in (holder, *self.written):
            return None
        return NewCustomersShareName(customer_key=key, customer=customer, name=spelled, order=number)


def ask_about_equal_names(
    company: Company, system: str, orders: Sequence[Order], answers: Sequence[Answers], *, keys: Collection[str]
) -> list[Answers]:
    """The answers, with the question in place of a new customer whose name another one has.

    Args:
        company: Whose orders.
        system: Their source.
        orders: In the order in which names are given: the first one keeps it.
        answers: One for each order.
        keys: Of the documents that create the customers of these orders, should they be new.
    """
    references = [answer.customer.customer for answer in answers if answer.customer.is_new]
    new = {reference.created_by: reference.name for reference in references if reference}
    if company.kind != CompanyKind.DESKTOP or not new:
        return list(answers)
    names = _names_of(company, new, keys)
    said = []
    for order, answer in zip(orders, answers, strict=True):
        reference = answer.customer.customer
        if reference and reference.created_by:
            problem = names.problem(reference, f"{system}:{order.customer.key}", order)
            if problem:
                answer = replace(answer, customer=replace(answer.customer, customer=None, problems=(problem,)))
        said.append(answer)
    return said


def new_names_of(orders: Collection[StagedOrder]) -> set[str]:
    """The names, as Desktop compares them, of new customers that these orders bring in."""
    rows = Document.objects.filter(order__in=orders, kind=NewCustomer.kind, state__in=_NOT_WRITTEN)
    return {desktop_name(name) for name in rows.values_list("customer_name", flat=True)}


def orders_asking_for_names(company: Company) -> QuerySet[StagedOrder]:
    """Orders whose new customer waits because another new one has the name."""
    blocked = Document.objects.filter(company=company, problems__code=NewCustomersShareName.code)
    return StagedOrder.objects.filter(company=company, pk__in=blocked.values("order"))


def _names_of(company: Company, new: Mapping[str, str], keys: Collection[str]) -> _Names:
    """Who has the names of these new customers, by the key of the document that brings each in."""
    spellings = {spelling for name in new.values() for spelling in desktop_spellings(name)}
    customers = QuickBooksCustomer.objects.filter(company=company, active=True, name_compared__in=spellings)
    others = DesktopOtherName.objects.filter(company=company, name_compared__in=spellings)
    names = _Names(
        customers={desktop_name(name): name for name in customers.values_list("display_name", flat=True)},
        others={desktop_name(name): name for name in others.values_list("name", flat=True)},
    )
    spelled = CustomerName.objects.filter(company=company, compared__in=spellings).values("name")
    rows = Document.objects.filter(
        company=company, kind=NewCustomer.kind, customer_name__in=spelled, state__in=(*_NOT_WRITTEN, *_WRITTEN)
    )
    for key, name, state, number in rows.order_by("pk").values_list("key", "customer_name", "state", "order__number"):
        compared = desktop_name(name)
        # One of these orders whose customer has another name by now, or is not new any more, holds none
        if key not in keys or desktop_name(new.get(key, "")) == compared:
            names.new.setdefault(compared, (key, name, number))
        if state in _WRITTEN:
            names.written.add(key)
    return names
