"""Is a customer asked for a review once, after the first invoice that is paid? Played in test accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import requests

from books.translation import gettext_noop
from companies.models import Company
from demo.check import Figure
from simulators.highlevel.server import RunningAgency
from sync.crm.review_decisions import turn_reviews_on
from sync.crm.writing import published_workflows
from sync.models import Connection, sources_of
from sync.run import sync_company

_NOOR = "noor.haddad@example.org"
#: As HighLevel calls the workflow of the sample account.
_WORKFLOW = "Ask for a review"
_AT_HIGHLEVEL = gettext_noop("HighLevel: %(what)s")
_NOT_PAID = gettext_noop("review requests with nothing more paid")
_PAID = gettext_noop("review requests with %(amount)s more paid")
_SECOND = gettext_noop("review requests after the second invoice")


def ask_for_reviews(company: Company) -> None:
    """Turn the checkbox on, as a person does who chooses the workflow.

    Raises:
        RuntimeError: The test account has no such workflow.
    """
    source = _source(company)
    workflows = published_workflows(source)
    if not isinstance(workflows, tuple) or not workflows:
        raise RuntimeError(f"The test account has no published workflow: {workflows}")
    turn_reviews_on(source, next((row for row in workflows if row.name == _WORKFLOW), workflows[0]), by=None)


def play_reviews(company: Company, agency: RunningAgency, books: Mapping[str, Any]) -> Iterator[Figure]:
    """A new customer pays the first invoice in two parts, and a second invoice."""
    agency.company.new_workflow(_WORKFLOW)
    ask_for_reviews(company)
    contact = agency.company.new_contact(firstName="Noor", lastName="Haddad", email=_NOOR)
    address = {"PrimaryEmailAddr": {"Address": _NOOR.title()}}
    customer = _create(books, "Customer", {"DisplayName": "Noor Haddad", **address})["Id"]
    first = _invoice(books, customer)
    for paid, asked in (("", "0"), ("60.00", "0"), ("40.00", "1")):
        if paid:
            _pay(books, first, paid)
        yield _requests(company, agency, contact, _PAID % {"amount": paid} if paid else _NOT_PAID, asked)
    _pay(books, _invoice(books, customer), "100.00")
    yield _requests(company, agency, contact, _SECOND, "1")


def _requests(company: Company, agency: RunningAgency, contact: str, what: str, expected: str) -> Figure:
    sync_company(company)
    found = len(agency.company.enrollments(contact))
    return Figure(what=_AT_HIGHLEVEL % {"what": what}, expected=expected, found=str(found))


def _source(company: Company) -> Connection:
    return sources_of(company).select_related("company", "live").get(live__isnull=False)


def _create(books: Mapping[str, Any], entity: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a person enters in QuickBooks."""
    body = {"entity": entity, "fields": fields}
    address = f"{books['base_url']}/companies/{books['company_id']}/control/create"
    answer = requests.post(address, json=body, timeout=30)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()[entity]
    return made


def _invoice(books: Mapping[str, Any], customer: str) -> dict[str, Any]:
    item = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    return _create(books, "Invoice", {"CustomerRef": {"value": customer}, "Line": [{"Amount": 100, **item}]})


def _pay(books: Mapping[str, Any], invoice: Mapping[str, Any], amount: str) -> None:
    link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
    paid = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": amount}
    _create(books, "Payment", {**paid, "Line": [{"Amount": amount, "LinkedTxn": [link]}]})
