"""Can ops post again what was deleted in QuickBooks, from the order's page?"""

from __future__ import annotations

import pytest
from django.urls import reverse

from companies.access import RIGHTS, Right
from companies.models import Company, Role
from sync.models import Run
from sync.resync import advance
from tests.factories import document_of, prepared
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import NEW, in_quickbooks, push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


def again(company: Company) -> str:
    """The address that the button of the invoice leads to."""
    return reverse("reconciliation:document_again", args=[company.slug, document_of(company, "3001").pk])


def test_a_deleted_invoice_is_posted_again_by_its_button(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW.partition("\npaid")[0])
    push(studio)
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '3001'"))
    ops = as_role(studio)
    page = ops.get(reverse("reconciliation:order", args=[studio.slug, document_of(studio, "3001").order_id])).text
    assert "Deleted in QuickBooks?" in page

    response = ops.post(again(studio))

    run = Run.objects.get(kind="resync")
    assert response.headers["Location"] == reverse("reconciliation:sync_run", args=[studio.slug, run.pk])
    advance(run)
    assert in_quickbooks(quickbooks)[1] == 1


def test_what_is_still_there_is_not_posted_again_and_the_person_is_told(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)

    page = as_role(studio).post(again(studio), follow=True).text

    assert "is still in QuickBooks, so it is not posted again." in page
    assert not Run.objects.filter(kind="resync").exists()


def test_each_role_may_as_its_right_says_and_a_stranger_finds_nothing(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)
    other = Company.objects.create(name="Other", slug="other")

    answers = {role: as_role(studio, role).post(again(studio)).status_code for role in Role}

    assert answers == {role: 302 if Right.RESOLVE in RIGHTS[role] else 403 for role in Role}
    assert as_role(other).post(again(studio)).status_code == 404
