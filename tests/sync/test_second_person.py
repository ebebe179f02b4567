"""Does what is sent above an amount wait for a second person, whichever way it is sent?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection

from companies.models import Company, Membership, Role
from mapping.models import QuickBooksItem
from sync.held_batches import NotDecided, approve, decline
from sync.models import BatchDecision, Document, Preview, PreviewState, Push, Run, StagedOrder
from sync.previewing.making import gather, plan_of
from sync.pushing.second_person import WaitingAmount, asks, counted, money_of
from sync.resync import advance, start
from tests.factories import prepared, staged
from tests.simulators.driver import Books
from tests.sync.commands import run, run_json
from tests.sync.pushing import NEW, in_quickbooks, push

SOLD = "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-15  Cash  50.00\n"


def asks_above(amount: Decimal | int | None) -> None:
    Company.objects.update(approval_above=amount)


def a_person(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


# The rule ------------------------------------------------------------------------------------------------------------


def test_what_cannot_go_does_not_count_and_neither_does_what_waits_for_it() -> None:
    rows = [
        WaitingAmount(number=2, amount=Decimal(100)),
        WaitingAmount(number=3, amount=Decimal(40), after=2),
        WaitingAmount(number=5, amount=Decimal(900), after=4),  # 4 is blocked
        WaitingAmount(number=6, amount=Decimal(500), after=5),
    ]

    assert money_of(rows) == 140


def test_a_change_counts_with_the_larger_of_its_totals_and_a_customer_with_nothing() -> None:
    assert counted("invoice", Decimal(10), Decimal("9990.50")) == Decimal("9990.50")
    assert counted("customer", Decimal(7)) == counted("credit-application", Decimal(7)) == 0


@pytest.mark.parametrize(
    ("above", "waits", "begun", "asked"),
    [
        (None, "1000000", "0", False),
        ("100", "100", "0", False),
        ("100", "100.01", "0", True),
        ("100", "60", "50", True),  # a batch that grows while it is sent is one batch
        ("0", "0", "0", False),
        ("0", "0.01", "0", True),
    ],
)
def test_a_second_person_is_asked_above_the_amount(above: str | None, waits: str, begun: str, asked: bool) -> None:
    limit = Decimal(above) if above is not None else None

    assert asks(limit, waits=Decimal(waits), begun=Decimal(begun)) is asked


# The gate ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_sync_sends_up_to_the_amount_and_above_it_makes_the_batch_that_waits(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, SOLD, SOLD.replace("1042", "1043"))
    push(studio)
    # A change downwards, a void whose payment is freed, a new sale, and a payment whose invoice is blocked
    staged(studio, SOLD.replace("199.00", "120.00"), SOLD.replace("1042", "1043") + "status  cancelled", NEW)
    QuickBooksItem.objects.filter(company=studio, name="Starter Clay Kit").update(active=False)
    staged(studio, "2026-08-14  order 3002\nKIT-CLAY  9.00\npaid 2026-08-15  Cash  5.00")
    comes_to = Decimal(199 + 50 + 199 + 199 + 50)
    asks_above(comes_to - Decimal("0.01"))

    code, told = run("sync")
    held = Preview.objects.get()

    assert code == 1
    assert "A second person has to approve what waits: 5 documents, 697.00 USD in all" in " ".join(told.split())
    assert f"/studio/previews/{held.pk}/" in told
    assert (held.state, held.amount, held.asked_by) == (PreviewState.WAITING, comes_to, None)
    assert plan_of(gather(studio)).counts() == comes_to
    assert Push.objects.count() == 4
    assert "above 696.99 USD" in Run.objects.latest("pk").message
    assert run_json("sync")[1]["companies"][0]["held"]["preview"] == held.pk  # the same, and QuickBooks not read again

    asks_above(comes_to)
    run("sync")

    held.refresh_from_db()
    assert held.state == PreviewState.OUTDATED
    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert not Document.objects.filter(state="ready").exclude(order__number="3002").exists()


@pytest.mark.django_db(transaction=True)
def test_a_setting_that_is_switched_on_while_a_round_is_under_way_counts_at_once(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW)

    push(studio, observe=lambda step, _: asks_above(100) if step == "sending" else None)

    assert in_quickbooks(quickbooks) == (1, 0, 0)  # the customer was on its way
    assert Document.objects.filter(state="ready").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_resync_of_one_order_does_not_go_round_it(studio: Company, quickbooks: Books) -> None:
    prepared(studio, SOLD, NEW)
    asks_above(300)
    order = StagedOrder.objects.get(number="1042")
    by = a_person("ops")

    resync = advance(start(studio, [order.pk], by=by), seconds=20)

    assert resync.state == "finished"
    assert "A second person has to approve what waits: 4 documents, 498.00 USD" in resync.message
    assert not Push.objects.exists()
    assert Preview.objects.get().asked_by == by


# The decision --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_was_approved_is_sent_by_the_next_sync_where_the_process_died(studio: Company, quickbooks: Books) -> None:
    staged(studio, NEW)
    asks_above(100)
    run("sync")
    held = Preview.objects.get()
    approve(held, fingerprint=held.fingerprint, by=a_person("second"))

    assert run("sync")[0] == 0
    held.refresh_from_db()
    assert held.state == PreviewState.SENT
    assert in_quickbooks(quickbooks) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_command_line_needs_an_approval_too(studio: Company, quickbooks: Books) -> None:
    staged(studio, NEW)
    asks_above(100)
    fingerprint = run_json("sync", "--dry-run")[1]["companies"][0]["fingerprint"]
    sends = ("sync", "--company", "studio", "--approved", fingerprint)

    assert run(*sends)[0] == 1
    assert not Push.objects.exists()
    held = Preview.objects.get()
    approve(held, fingerprint=fingerprint, by=a_person("second"))

    assert run(*sends)[0] == 0
    assert in_quickbooks(quickbooks) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_what_was_declined_is_not_asked_for_again_before_it_is_another(studio: Company, quickbooks: Books) -> None:
    staged(studio, NEW)
    asks_above(100)
    run("sync")
    with pytest.raises(NotDecided, match="Say why"):
        decline(Preview.objects.get(), reason=" ", by=a_person("second"))
    decline(Preview.objects.get(), reason="Wrong income account", by=a_person("second"))

    code, told = run("sync")

    assert (code, Preview.objects.count()) == (1, 1)
    assert "second declined what waits" in " ".join(told.split())
    assert "Wrong income account" in told
    staged(studio, SOLD)
    run("sync")
    assert Preview.objects.filter(state=PreviewState.WAITING).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("alone", [False, True])
def test_who_took_their_own_batch_back_does_not_approve_what_the_next_sync_makes_of_it(
    studio: Company, quickbooks: Books, alone: bool
) -> None:
    first, second = a_person("first"), a_person("second")
    for person in [first] if alone else [first, second]:
        Membership.objects.create(company=studio, user=person, role=Role.ACCOUNTANT)
    staged(studio, NEW)
    asks_above(100)
    run("sync")
    Preview.objects.update(asked_by=first)
    decline(Preview.objects.get(), reason="A slip", by=first)
    staged(studio, SOLD)
    run("sync")
    held = Preview.objects.get(state=PreviewState.WAITING)

    if alone:  # nobody else could
        approve(held, fingerprint=held.fingerprint, by=first)
    else:
        with pytest.raises(NotDecided, match="another person"):
            approve(held, fingerprint=held.fingerprint, by=first)
        approve(held, fingerprint=held.fingerprint, by=second)


@pytest.mark.django_db(transaction=True)
def test_of_two_persons_at_the_same_moment_one_decides_and_the_other_is_told(studio: Company) -> None:
    held = Preview.objects.create(company=studio, state=PreviewState.WAITING, fingerprint="f", amount=5, number=1)
    people, told = (a_person("first"), a_person("second")), []
    decisions: tuple[Callable[[], object], ...] = (
        lambda: approve(Preview.objects.get(pk=held.pk), fingerprint="f", by=people[0]),
        lambda: decline(Preview.objects.get(pk=held.pk), reason="No", by=people[1]),
    )

    def decide(decision: Callable[[], object]) -> None:
        try:
            decision()
        except NotDecided as why:
            told.append(str(why))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(decision,)) for decision in decisions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert BatchDecision.objects.count() == 1
    assert len(told) == 1
    assert "has decided about this batch already" in told[0]
