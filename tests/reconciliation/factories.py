"""Who looks at the screens, and what do they see there? People with roles, and one record stuck for each cause."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books.orders import Order
from books.problems import RefusedByQuickBooks
from companies.models import Company, Membership, Role
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentProblem, DocumentState, Push, PushExchange, PushState, Run, RunKind, RunState
from tests.factories import document_of, map_product, prepared, staged
from tests.sample_orders import an_order
from tests.signed_in import browser_of
from tests.written_again import written_again

ROLES = tuple(Role.values)


@written_again
def a_person(company: Company | None = None, role: str = Role.OPS, *, name: str = "") -> User:
    """A person with a role in the company; without a company, a stranger."""
    username = name or (role if company else "stranger")
    user = get_user_model().objects.create_user(username, password="a-long-password")
    if company:
        Membership.objects.create(company=company, user=user, role=role)
    return user


def signed_in(user: User) -> Client:
    """A browser in which the person has logged in."""
    return browser_of(user)


def as_role(company: Company, role: str = Role.OPS) -> Client:
    """A browser of someone with this role."""
    return signed_in(a_person(company, role, name=f"{role}-{company.slug}"))


def renamed(order: Order | str, which: str, /, **product: str) -> Order:
    """The order with the product of one SKU replaced by another, for example one that nobody has mapped."""
    made = an_order(order) if isinstance(order, str) else order
    lines = tuple(replace(line, **product) if line.sku == which else line for line in made.lines)  # type: ignore[arg-type]
    return replace(made, lines=lines)


NEW_KIT = {
    "product_id": "kit-9",
    "product_name": "Creme Brulee Mugs",
    "name": "Creme Brulee Mugs",
    "sku": "MUGS-22",
}


@written_again
def an_unmapped_product(company: Company, *numbers: str) -> Issue:
    """Orders of a product that has no mapping and is like nothing but a mug kit."""
    texts = [f"2026-08-14  order {number}\nKIT-MUG  36.00" for number in numbers or ("2001",)]
    prepared(company, *(renamed(text, "KIT-MUG", **NEW_KIT) for text in texts))
    return issue_of(company, "product-without-mapping")


def a_mapped_product(company: Company, *, number: str = "2002", item: str = "", account: str = "") -> Issue:
    """An order of a product whose mapping names something that cannot be used."""
    order = renamed(
        f"2026-08-14  order {number}\nWT-101  149.00",
        "WT-101",
        product_id=f"class-{number}",
        product_name=f"Evening class {number}",
        name="Evening class",
        sku="",
    )
    staged(company, order)
    map_product(company, f"Evening class {number}", item=item, account=account)
    prepared(company)
    return Issue.objects.filter(company=company, state=IssueState.OPEN).latest("pk")


@written_again
def a_stuck_order(company: Company, text: str) -> Issue:
    """An order that brings one new issue."""
    prepared(company, text)
    return Issue.objects.filter(company=company, state=IssueState.OPEN).latest("pk")


def issue_of(company: Company, code: str) -> Issue:
    """The one issue of a code."""
    return Issue.objects.get(company=company, code=code)


@written_again
def refused(document: Document, *, fault: str = "6240", detail: str = "The name supplied already exists.") -> Issue:
    """QuickBooks refused a document."""
    problem = RefusedByQuickBooks(fault=fault, message="Duplicate Name Exists Error", detail=detail)
    document.state = DocumentState.REFUSED
    document.save()
    DocumentProblem.objects.create(
        company=document.company, document=document, code=problem.code, cause=problem.cause, facts=problem.facts()
    )
    gather(document.company)
    return Issue.objects.get(company=document.company, cause=problem.cause)


@written_again
def posted(document: Document, *, quickbooks_id: str = "77", reply: str = '{"Invoice": {"TotalAmt": 256.50}}') -> Push:
    """A document as if it had been posted, with the evidence of its push."""
    now = timezone.now()
    push = Push.objects.create(
        company=document.company,
        document=document,
        generation=document.generation,
        version=document.version,
        request_id=f"request-{document.pk}",
        state=PushState.ACCEPTED,
        body=b'{"DocNumber": "1042", "TotalAmt": 256.50}',
        body_hash="0",
        created_at=now,
        first_sent_at=now,
        last_sent_at=now,
        settled_at=now,
    )
    PushExchange.objects.create(
        push=push, sent_at=now, outcome="accepted", status=200, reply=reply, intuit_tid="1-abc", took=41
    )
    Document.objects.filter(pk=document.pk).update(
        state=DocumentState.POSTED, quickbooks_id=quickbooks_id, posted_at=now
    )
    document.refresh_from_db()
    return push


def many_documents(company: Company, number: int) -> None:
    """A long list: copies of one prepared invoice, each with its own number, in several states."""
    prepared(company, "2026-08-14  order 5000\nWT-101  199.00")
    first = document_of(company, "5000")
    states = (DocumentState.READY, DocumentState.POSTED, DocumentState.POSTED, DocumentState.POSTED)
    Document.objects.bulk_create(
        Document(
            company=company,
            order=first.order,
            kind="invoice",
            key=f"many:{place}",
            state=states[place % len(states)],
            number=str(100_000 + place),
            dated=first.dated,
            customer_name=first.customer_name,
            currency="USD",
            total=Decimal(place),
            body_hash="0",
        )
        for place in range(number)
    )


@written_again
def a_run(company: Company, kind: str = RunKind.SYNC, **given: Any) -> Run:
    """A finished run."""
    now = timezone.now()
    return Run.objects.create(company=company, kind=kind, state=RunState.FINISHED, finished_at=now, **given)
