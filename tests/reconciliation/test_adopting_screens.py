"""Does a person see what QuickBooks has already, adopt it, and take that back?"""

from __future__ import annotations

import json
import threading
from io import StringIO

import pytest
from django.core.management import call_command

from companies.models import Company, Role
from reconciliation.models import AdoptionSearch
from sync.models import Adoption, RuledOut
from tests.factories import document_of, prepared
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

PERIOD = {"first": "2026-08-01", "last": "2026-08-31"}


@pytest.fixture
def entered(studio: Company, quickbooks: Books) -> Company:
    """The studio with two invoices that others entered in QuickBooks: one the same, one with another number."""
    nora = quickbooks.customer("Nora Quist", PrimaryEmailAddr={"Address": "nora@example.com"})["Id"]
    quickbooks.invoice("48.00", customer=nora, TxnDate="2026-08-14", DocNumber="1042")
    quickbooks.invoice("24.00", customer=nora, TxnDate="2026-08-16", DocNumber="H-7")
    for number, amount in (("1042", "48.00"), ("1043", "24.00")):
        prepared(studio, f"2026-08-14  order {number}  #9 Nora Quist <nora@example.com>\nKIT-CLAY  {amount}")
    return studio


def searched(company: Company, role: str = Role.ACCOUNTANT) -> tuple[object, str]:
    """A person's browser after a search, and the address of what it found."""
    browser = as_role(company, role)
    answer = browser.post("/studio/adoptions/", PERIOD)
    for thread in threading.enumerate():
        if thread.name.startswith("adoption-"):
            thread.join(60)
    return browser, answer["Location"]


def test_certain_ones_are_adopted_together_the_rest_one_by_one_and_taken_back(entered: Company) -> None:
    browser, address = searched(entered)
    shown = " ".join(browser.get(address).text.split())  # type: ignore[attr-defined]
    assert "Adopt this record" in shown
    assert "same number, same customer, same total, same date" in shown
    assert "But: another number" in shown
    found = AdoptionSearch.objects.get()

    for candidate in found.candidates.all():
        told = browser.post(address, {"candidate": candidate.pk, "act": "adopt"}, follow=True)  # type: ignore[attr-defined]
        assert "1 record was adopted. Nothing was written to QuickBooks." in told.text

    assert set(Adoption.objects.values_list("by__username", flat=True)) == {"accountant-studio"}
    document = document_of(entered, "1043")
    order = browser.post(  # type: ignore[attr-defined]
        f"/studio/documents/{document.pk}/not-ours/", {"reason": "Hers was another order"}, follow=True
    )
    assert "is not adopted any more" in order.text
    assert Adoption.objects.count() == 1


def test_what_is_not_the_same_is_not_suggested_again(entered: Company) -> None:
    browser, address = searched(entered)
    other = AdoptionSearch.objects.get().candidates.get(certain=False)

    browser.post(address, {"candidate": other.pk, "act": "not-this"})  # type: ignore[attr-defined]

    assert RuledOut.objects.get().document == document_of(entered, "1043")
    assert "H-7" not in browser.get(address).text  # type: ignore[attr-defined]


def test_an_auditor_sees_what_was_found_and_adopts_nothing(entered: Company) -> None:
    _, address = searched(entered)
    auditor = as_role(entered, Role.AUDITOR)

    shown = auditor.get(address)
    sent = auditor.post(address, {"candidate": AdoptionSearch.objects.get().candidates.first().pk, "act": "adopt"})  # type: ignore[union-attr]

    assert "1042" in shown.text
    assert "Adopt this record" not in shown.text
    assert sent.status_code in (403, 404)
    assert not Adoption.objects.exists()


def test_the_command_prints_what_it_found_and_adopts_only_when_told_to(entered: Company) -> None:
    def run(*more: str) -> dict[str, object]:
        out, period = StringIO(), ("--from", "2026-08-01", "--to", "2026-08-31")
        with pytest.raises(SystemExit, match="1"):
            call_command("adopt", "--company", "studio", *period, "--json", *more, stdout=out)
        return dict(json.loads(out.getvalue()))

    assert (run()["adopted"], Adoption.objects.count()) == (0, 0)
    told = run("--adopt-certain")

    assert told["adopted"] == 1
    assert [row["certain"] for row in told["candidates"]] == [True, False]  # type: ignore[attr-defined]
    assert Adoption.objects.get().document == document_of(entered, "1042")
