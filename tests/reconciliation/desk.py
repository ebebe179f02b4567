"""The desk as a person uses it: the record that is shown, and the answers that are sent from it."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client
from django.urls import reverse

from companies.models import Company
from mapping.models import SourceCustomerRules


def hold_for_review(company: Company) -> None:
    """Customers who are not found wait for a person."""
    SourceCustomerRules.objects.create(company=company, system="keap", hold_for_review=True)


def address(company: Company) -> str:
    return reverse("reconciliation:match_customers", args=[company.slug])


def desk(client: Client, company: Company, **query: Any) -> str:
    """The page as a person reads it."""
    response = client.get(address(company), query)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def shown(text: str) -> str:
    """The customer whom the desk shows; empty where it shows none."""
    found = re.search(r'id="record-title"[^>]*>([^<]*)<', text)
    return found.group(1) if found else ""


def candidates(text: str) -> list[str]:
    """Who is offered, best first."""
    return re.findall(
        r'name="choose" value="[^"]*"\s+data-key="\d".*?<span class="tie-hidden">:\s+([^<]*)</span>', text, re.S
    )


def fields(text: str) -> dict[str, str]:
    """What the page sends along with each answer."""
    names = ("issue", "place", "opened")
    found = {name: re.search(rf"<input type=\"hidden\" name=\"{name}\" value=(['\"])(.*?)\1>", text) for name in names}
    return {name: match.group(2) for name, match in found.items() if match}


def answer(client: Client, company: Company, page: str = "", /, **sent: str) -> str:
    """Answer the record of a page, or of the desk as it is now; what the next page says."""
    page = page or desk(client, company)
    response = client.post(address(company), {**fields(page), **sent}, follow=True)
    assert response.status_code == 200
    return html.unescape(response.content.decode())
