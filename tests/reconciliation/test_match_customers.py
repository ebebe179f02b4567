"""Does the desk work through the customers who wait, one answer after another, and lose or guess none?"""

from __future__ import annotations

import pytest
from django.test import Client

from companies.models import Company, Role
from mapping.models import CustomerDecision, QuickBooksCustomer, SourceCustomer
from reconciliation.models import Issue, IssueState
from sync.models import DocumentState
from tests.factories import a_book_customer, document_of, prepared, the_studio
from tests.reconciliation.desk import answer, candidates, desk, fields, hold_for_review, shown
from tests.reconciliation.factories import a_person, as_role, posted, signed_in
from tests.reconciliation.fixing import state_of

pytestmark = pytest.mark.django_db

NORA = "2026-08-14  order 2001  #9 Nora Quist <nora@quist.example>\nWT-101  199.00"
OLAF = "2026-08-14  order 2002  #8 Olaf Berg <olaf@berg.example>\nWT-101  99.00"


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    hold_for_review(company)
    a_book_customer(company, "Quist, Nora", quickbooks_id="50", email="office@quist.example", phone="303-555-0142")
    a_book_customer(company, "Olaf Berg", quickbooks_id="51", email="berg@else.example")
    prepared(company, NORA, OLAF)
    return company


@pytest.fixture
def ops(studio: Company) -> Client:
    return as_role(studio)


def customer(company: Company, key: str) -> SourceCustomer:
    return SourceCustomer.objects.get(company=company, source_key=key)


@pytest.mark.criterion("D38", "D44")
def test_the_most_money_is_first_with_what_is_known_and_who_it_could_be(studio: Company, ops: Client) -> None:
    text = desk(ops, studio)

    assert "2 customers wait" in text
    assert shown(text) == "Nora Quist"
    assert "nora@quist.example" in text
    assert "199.00" in text
    assert candidates(text) == ["Quist, Nora"]
    assert "the same words in another order · same email domain" in text


@pytest.mark.criterion("D52", "D53", "D63")
def test_one_answer_links_the_customer_prepares_the_orders_and_shows_the_next(studio: Company, ops: Client) -> None:
    text = answer(ops, studio, choose="50")

    assert "Nora Quist is the QuickBooks customer “Quist, Nora”. 1 document is ready." in text
    assert shown(text) == "Olaf Berg"
    assert state_of(studio, "2001") == DocumentState.READY
    assert document_of(studio, "2001").value().customer.name == "Quist, Nora"
    decision = CustomerDecision.objects.get(customer=customer(studio, "9"))
    assert decision.decided_by
    assert (decision.decided_by.username, decision.decided_on, decision.name) == ("ops-studio", "desk", "Quist, Nora")
    assert [offer["name"] for offer in decision.offered] == ["Quist, Nora"]

    prepared(studio, NORA.replace("2001", "2009"))
    assert state_of(studio, "2009") == DocumentState.READY


@pytest.mark.criterion("D46")
def test_a_new_customer_is_created_under_the_name_in_the_field(studio: Company, ops: Client) -> None:
    text = answer(ops, studio, create="1", new_name="Nora Quist Pottery")

    assert "Nora Quist is created in QuickBooks as “Nora Quist Pottery”." in text
    assert document_of(studio, "2001", "customer").customer_name == "Nora Quist Pottery"
    assert shown(text) == "Olaf Berg"


@pytest.mark.criterion("D47")
def test_a_name_that_quickbooks_has_is_refused_beside_the_field_and_the_record_stays(
    studio: Company, ops: Client
) -> None:
    text = answer(ops, studio, create="1", new_name="Olaf Berg")

    assert "QuickBooks already has a customer named “Olaf Berg”" in text
    assert shown(text) == "Nora Quist"
    assert not CustomerDecision.objects.exists()


def test_any_other_customer_of_the_list_can_be_taken(studio: Company, ops: Client) -> None:
    answer(ops, studio, **{"choose-another": "1", "another": "Olaf Berg"})

    linked = customer(studio, "9").quickbooks_customer
    assert linked
    assert linked.display_name == "Olaf Berg"


def test_a_name_that_is_not_on_the_list_is_refused(studio: Company, ops: Client) -> None:
    text = answer(ops, studio, **{"choose-another": "1", "another": "Nobody"})

    assert "QuickBooks has no active customer named “Nobody”." in text
    assert shown(text) == "Nora Quist"


def test_what_is_skipped_comes_again_when_it_is_asked_for(studio: Company, ops: Client) -> None:
    assert shown(answer(ops, studio, skip="1")) == "Olaf Berg"
    text = answer(ops, studio, skip="1")
    assert (shown(text), "Only skipped customers are left." in text) == ("", True)

    assert shown(answer(ops, studio, again="1")) == "Nora Quist"
    assert not CustomerDecision.objects.exists()


@pytest.mark.criterion("D54")
def test_next_and_previous_decide_nothing(studio: Company, ops: Client) -> None:
    first = desk(ops, studio)
    second = desk(ops, studio, place=fields(first)["place"])
    assert (shown(first), shown(second)) == ("Nora Quist", "Olaf Berg")
    # Behind the last one it begins again
    assert shown(desk(ops, studio, place=fields(second)["place"])) == "Nora Quist"
    assert not CustomerDecision.objects.exists()


def test_what_another_person_decided_meanwhile_is_shown_and_kept(studio: Company, ops: Client) -> None:
    page = desk(ops, studio)
    answer(signed_in(a_person(studio, name="maya")), studio, choose="51")

    text = answer(ops, studio, page, choose="50", **{"name-50": "Quist, Nora"})

    assert "Nothing was saved: Nora Quist was decided in the meantime. maya," in text
    assert "“Olaf Berg” in place of nothing. You entered “Quist, Nora”." in text
    linked = customer(studio, "9").quickbooks_customer
    assert linked
    assert linked.display_name == "Olaf Berg"


def test_a_candidate_that_was_made_inactive_meanwhile_is_refused_and_not_offered_again(
    studio: Company, ops: Client
) -> None:
    page = desk(ops, studio)
    QuickBooksCustomer.objects.filter(company=studio, quickbooks_id="50").update(active=False)

    text = answer(ops, studio, page, choose="50")

    assert "Nothing was saved: “Quist, Nora” was made inactive in QuickBooks after this was shown." in text
    assert (shown(text), candidates(text)) == ("Nora Quist", [])
    assert customer(studio, "9").quickbooks_customer is None


def test_a_candidate_of_another_company_is_none(studio: Company, ops: Client) -> None:
    other = the_studio("Lindqvist Pottery", "lindqvist")
    a_book_customer(other, "Foreigner", quickbooks_id="900")

    assert "is not on QuickBooks' list any more" in answer(ops, studio, choose="900")
    assert customer(studio, "9").quickbooks_customer is None


def test_the_last_decision_is_undone_and_its_customer_shown_again(studio: Company, ops: Client) -> None:
    answer(ops, studio, choose="50")

    text = answer(ops, studio, undo="1")

    assert "The decision “Quist, Nora” was undone. 1 document waits again." in text
    assert shown(text) == "Nora Quist"
    assert customer(studio, "9").quickbooks_customer is None
    assert state_of(studio, "2001") == DocumentState.BLOCKED
    decision = CustomerDecision.objects.get()
    assert decision.undone_by
    assert decision.undone_by.username == "ops-studio"
    assert "There is no decision of yours to undo." in answer(ops, studio, undo="1")


def test_an_undo_lists_what_was_posted_under_it_and_changes_none_of_it(studio: Company, ops: Client) -> None:
    answer(ops, studio, choose="50")
    prepared(studio, NORA.replace("2001", "2009"))
    document = document_of(studio, "2001")
    posted(document)

    text = answer(ops, studio, undo="1")

    assert "Posted under this decision" in text
    assert f'href="/studio/documents/{document.pk}/">Invoice 2001</a>' in text.replace("\n", "").replace("  ", "")
    assert "stay in QuickBooks as they are" in text
    assert customer(studio, "9").quickbooks_customer is not None

    said = ops.post(
        f"/studio/customer-decisions/{customer(studio, '9').pk}/",
        {"decision": str(CustomerDecision.objects.get().pk)},
        follow=True,
    ).content.decode()

    assert "was undone" in said
    document.refresh_from_db()
    assert (document.state, document.value().customer.name) == (DocumentState.POSTED, "Quist, Nora")
    assert state_of(studio, "2009") == DocumentState.BLOCKED


def test_what_was_decided_otherwise_since_is_not_undone(studio: Company, ops: Client) -> None:
    answer(ops, studio, choose="50")
    row = customer(studio, "9")
    row.quickbooks_customer = QuickBooksCustomer.objects.get(company=studio, quickbooks_id="51")
    row.save()

    text = answer(ops, studio, undo="1")

    assert "Nothing was undone: Nora Quist is “Olaf Berg” now" in text
    assert customer(studio, "9").quickbooks_customer == row.quickbooks_customer


def test_the_standard_customer_is_offered_where_the_rules_send_such_orders_there(studio: Company, ops: Client) -> None:
    a_book_customer(studio, "Online sales", quickbooks_id="60")
    assert 'data-key="d"' not in desk(ops, studio)
    studio.customer_rules.update(not_found="standard", standard_customer="Online sales")

    assert 'value="60" data-key="d"' in desk(ops, studio)
    answer(ops, studio, choose="60")

    invoice = document_of(studio, "2001").value()
    assert invoice.customer.name == "Online sales"
    assert "Nora Quist" in invoice.memo


def test_an_auditor_sees_the_desk_and_decides_nothing(studio: Company) -> None:
    client = as_role(studio, Role.AUDITOR)
    text = desk(client, studio)

    assert shown(text) == "Nora Quist"
    assert 'name="choose"' not in text
    assert client.post("/studio/match-customers/", {**fields(text), "choose": "50"}).status_code == 403


def test_an_issue_that_was_settled_meanwhile_is_not_decided_again(studio: Company, ops: Client) -> None:
    page = desk(ops, studio)
    Issue.objects.filter(company=studio).update(state=IssueState.SOLVED)

    assert "was found in QuickBooks in the meantime" in answer(ops, studio, page, choose="50")
    assert customer(studio, "9").quickbooks_customer is None


def test_every_way_to_decide_is_among_the_decisions_of_the_customer(studio: Company, ops: Client) -> None:
    issue = Issue.objects.get(company=studio, facts__customer="Nora Quist")
    ops.post(f"/studio/issues/{issue.pk}/fix/choose-customer/", {"chosen": "Quist, Nora"})

    text = ops.get(f"/studio/customer-decisions/{customer(studio, '9').pk}/").content.decode()

    assert "Linked: Quist, Nora" in text
    assert "ops-studio" in text
