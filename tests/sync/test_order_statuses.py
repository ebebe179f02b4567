"""Is what a status means decided once for each word of a source, and followed by the orders that have it?"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from books.orders import OrderStatus
from companies.models import Company
from mapping.models import StatusMeaning, StatusWord
from sync.models import Document, DocumentState, OrderVersion, Run, StagedOrder
from sync.preparing.prepare import decide_status, prepare_new
from tests.factories import document_of, order_of, the_studio
from tests.sync.commands import HEADER, run, run_json
from tests.sync.statuses import SALE, came, word_of

pytestmark = pytest.mark.django_db

PAID = f"{SALE}\npaid 2026-08-20  Cash  48.00"


@pytest.fixture
def studio() -> Company:
    return the_studio()


def say(company: Company, word: str, meaning: StatusMeaning) -> int:
    """Decide, and prepare what follows; how many orders stay as they are."""
    person, _ = get_user_model().objects.get_or_create(username="accountant")
    followed = decide_status(word_of(company, word), meaning, by=person, why="Because")
    prepare_new(company)
    return followed.kept


def states(company: Company) -> dict[str, str]:
    """The state of each document by its kind."""
    return dict(Document.objects.filter(company=company).values_list("kind", "state"))


def post_all(company: Company) -> None:
    """As if QuickBooks had taken every document."""
    Document.objects.filter(company=company).update(state=DocumentState.POSTED, quickbooks_id="1")


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Paid", "sale"),
        ("wc-refunded", "refunded"),
        ("On hold", "draft"),
        ("Failed", "cancelled"),
        ("Closed", "unknown"),
    ],
)
def test_each_word_is_listed_from_its_first_order_with_the_meaning_it_plainly_has(
    studio: Company, word: str, meaning: str
) -> None:
    came(studio, word, PAID)

    assert list(StatusWord.objects.values_list("word", "system", "meaning")) == [(word, "keap", meaning)]
    assert order_of(studio, "1042").status == meaning


def test_an_order_whose_status_is_not_decided_is_one_blocked_sale_and_creates_no_one(studio: Company) -> None:
    counts = came(studio, "Closed", PAID.replace("order 1042", "order 1042  New Person <new@example.com>"))

    assert (counts.undecided, counts.left_out) == (1, 0)
    assert states(studio) == {"invoice": DocumentState.BLOCKED}
    (problem,) = document_of(studio, "1042").problems.all()
    assert problem.code == "status-not-decided"
    assert problem.facts == {"system": "keap", "status_key": "closed", "status": "Closed"}


def test_a_sale_is_posted_with_its_money_once_its_status_is_said_to_be_one(studio: Company) -> None:
    came(studio, "Closed", PAID)

    assert say(studio, "Closed", StatusMeaning.SALE) == 0

    assert set(states(studio).values()) == {DocumentState.READY}
    assert "payment" in states(studio) or "sales-receipt" in states(studio)
    assert OrderVersion.objects.count() == 1, "nothing was imported again"


@pytest.mark.parametrize(
    ("meaning", "note"),
    [(StatusMeaning.DRAFT, "draft"), (StatusMeaning.CANCELLED, "cancelled"), (StatusMeaning.LEFT_OUT, "left-out")],
)
def test_what_is_no_sale_by_its_status_posts_nothing_and_says_why(
    studio: Company, meaning: StatusMeaning, note: str
) -> None:
    came(studio, "Closed", PAID)

    say(studio, "Closed", meaning)

    order = order_of(studio, "1042")
    assert order.status == meaning
    assert [reason["code"] for reason in order.not_posted] == [note]
    assert not Document.objects.filter(state__in=(DocumentState.READY, DocumentState.BLOCKED)).exists()


def test_a_refunded_order_has_to_show_its_money(studio: Company) -> None:
    came(studio, "Closed")
    say(studio, "Closed", StatusMeaning.REFUNDED)

    assert [problem.code for problem in document_of(studio, "1042").problems.all()] == ["money-not-shown"]

    came(studio, "Closed", f"{PAID}\nrefund 2026-08-22  on Cash  48.00")
    assert {"invoice", "payment", "refund"} <= set(states(studio))
    assert DocumentState.BLOCKED not in {document_of(studio, "1042").state}


def test_the_meaning_is_that_of_the_source_and_not_of_another_with_the_same_word(studio: Company) -> None:
    came(studio, "Closed")
    say(studio, "Closed", StatusMeaning.SALE)

    came(studio, "Closed", SALE.replace("1042", "1043"), system="files")

    assert order_of(studio, "1043").status == OrderStatus.UNKNOWN


def test_a_later_order_follows_what_was_decided(studio: Company) -> None:
    came(studio, "Closed")
    say(studio, "Closed", StatusMeaning.CANCELLED)

    counts = came(studio, "CLOSED ", SALE.replace("1042", "1043"))

    assert counts.left_out == 1
    assert order_of(studio, "1043").status == OrderStatus.CANCELLED


def test_a_known_word_can_be_given_another_meaning_and_its_orders_follow(studio: Company) -> None:
    came(studio, "Pending")
    assert states(studio) == {}

    say(studio, "Pending", StatusMeaning.SALE)

    assert states(studio)["invoice"] == DocumentState.READY


def test_one_wrong_choice_voids_nothing_that_is_in_quickbooks(studio: Company) -> None:
    came(studio, "Completed")
    post_all(studio)

    kept = say(studio, "Completed", StatusMeaning.CANCELLED)

    assert kept == 1
    row = document_of(studio, "1042")
    assert (row.state, row.pending) == (DocumentState.POSTED, "")
    assert order_of(studio, "1042").status == OrderStatus.SALE


def test_a_posted_order_that_comes_with_an_unknown_status_is_asked_about_and_not_voided(studio: Company) -> None:
    came(studio, "Completed")
    post_all(studio)

    came(studio, "Closed")

    row = document_of(studio, "1042")
    assert row.state == DocumentState.POSTED
    assert row.pending != "void"
    say(studio, "Closed", StatusMeaning.SALE)
    row.refresh_from_db()
    assert (row.state, row.pending) == (DocumentState.POSTED, "")


def test_another_word_of_the_same_meaning_is_no_change_and_one_of_another_meaning_is(studio: Company) -> None:
    came(studio, "Sent")
    assert came(studio, "Viewed").unchanged == 1
    say(studio, "Viewed", StatusMeaning.SALE)
    came(studio, "Closed", SALE.replace("1042", "1043"))
    came(studio, "Archived", SALE.replace("1042", "1044"))
    say(studio, "Closed", StatusMeaning.SALE)
    say(studio, "Archived", StatusMeaning.CANCELLED)

    assert came(studio, "Archived", SALE.replace("1042", "1043")).changed == 1
    assert order_of(studio, "1043").status == OrderStatus.CANCELLED


def test_an_order_of_an_earlier_release_is_unchanged_and_learns_its_word(studio: Company) -> None:
    came(studio, "Sent")
    StagedOrder.objects.update(status_key="")

    assert came(studio, "Sent").unchanged == 1
    assert order_of(studio, "1042").status_key == "sent"


def test_who_decided_is_kept_in_the_history(studio: Company) -> None:
    came(studio, "Closed")
    say(studio, "Closed", StatusMeaning.SALE)

    record = StatusWord.history.latest()
    assert (record.meaning, record.history_user.username, record.history_change_reason) == (
        "sale",
        "accountant",
        "Because",
    )


def test_an_import_counts_what_is_not_posted_by_its_status_and_what_waits_for_a_meaning(
    studio: Company, tmp_path: Path
) -> None:
    assert "Status" not in HEADER
    file = tmp_path / "orders.csv"
    rows = [("On hold", 1), ("Failed", 2), ("Closed", 3), ("Sent", 4)]
    text = "".join(f"{number},2026-08-01,Mug,1,5.00,{word}\n" for word, number in rows)
    file.write_text(f"Order Number,Order Date,Item,Quantity,Price,Status\n{text}", encoding="utf-8")

    code, words = run("import_orders", str(file), "--company", "studio", "--layout", "orders-csv")
    _, again = run_json("import_orders", str(file), "--company", "studio", "--layout", "orders-csv")

    assert code == 0
    assert "2 are not posted because of their status" in words
    assert "1 has a status that is not known" in words
    counts = Run.objects.earliest("pk").counts
    assert (counts["new"], counts["left_out"], counts["undecided"]) == (4, 2, 1)
    assert (again["unchanged"], again["left_out"], again["undecided"]) == (4, 0, 0)
