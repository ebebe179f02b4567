"""The page of an issue, and the fixes that are sent from it."""

from __future__ import annotations

import html
import re

from django.test import Client
from django.urls import reverse

from companies.models import Company
from reconciliation.models import Issue
from tests.factories import document_of


def page(client: Client, issue: Issue) -> str:
    """The issue's page as a person reads it."""
    response = client.get(reverse("reconciliation:issue", args=[issue.company.slug, issue.pk]))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def fix(client: Client, issue: Issue, name: str, **fields: str) -> str:
    """Send a fix; what the next page says."""
    address = reverse("reconciliation:issue_fix", args=[issue.company.slug, issue.pk, name])
    response = client.post(address, fields, follow=True)
    assert response.status_code == 200
    issue.refresh_from_db()
    return html.unescape(response.content.decode())


def offers(client: Client, issue: Issue) -> list[str]:
    """What can be taken with one click."""
    text = page(client, issue)
    return re.findall(r'name="pick"\s+value="([^"]*)"', text)


def state_of(company: Company, number: str) -> str:
    return document_of(company, number).state
