"""Does the plan of a sync say what becomes of each document, and is its fingerprint that of what is sent?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from books.movement import Movement
from sync.previewing.plan import (
    NO_FOLLOWER,
    PlannedDocument,
    SendAction,
    SendingPlan,
    difference_between,
    difference_told,
    per_account,
    plan_sending,
)


def planned(key: str, action: SendAction = SendAction.CREATE, *, after: str = "", **facts: object) -> PlannedDocument:
    moves = Movement.of([("Accounts Receivable", Decimal(10)), ("Sales", Decimal(-10))])
    row = PlannedDocument(
        title=f"Invoice {key}",
        key=key,
        kind="invoice",
        dated="2026-08-14",
        customer="Priya",
        total=Decimal(10),
        currency="USD",
        action=action,
        moves=moves if action is SendAction.CREATE else Movement(),
        body_hash=f"hash of {key}",
        after=after,
        after_title=f"Invoice {after}",
    )
    return replace(row, **facts)  # type: ignore[arg-type]


def actions(*rows: PlannedDocument) -> dict[str, tuple[str, str]]:
    return {row.key: (row.action, row.reason) for row in plan_sending(rows)}


def test_what_needs_something_that_does_not_go_does_not_go_either_however_far_away() -> None:
    told = actions(
        planned("1", SendAction.BLOCKED, reason="No item."),
        planned("2", after="1"),
        planned("3", after="2"),
        planned("4", after="missing"),
        planned("5"),
        planned("6", after="5"),
    )

    assert [told[key][0] for key in "123456"] == ["blocked", "skip", "skip", "skip", "create", "create"]
    assert told["1"][1] == "No item."
    assert told["3"][1] == "It waits for Invoice 2, which is not in QuickBooks and does not go now."


def test_what_follows_a_document_that_a_person_is_asked_about_waits_and_stays_in_the_fingerprint() -> None:
    asked: dict[str, object] = {"action": SendAction.BLOCKED, "operation": SendAction.CREATE}
    sales = (planned("1", **asked, reason="Perhaps there."), planned("2", after="1"), planned("3", after="2"))  # type: ignore[arg-type]
    buyer = planned("zoe", kind="customer", **asked, reason="Perhaps Zoë.")  # type: ignore[arg-type]
    rows = (*sales, buyer, planned("4", after="zoe"), planned("5", after="4"))
    told = actions(*rows)

    assert told["2"] == ("skip", "It waits for Invoice 1, which is not in QuickBooks and does not go now.")
    assert [told[key] for key in ("zoe", "4")] == [("blocked", "Perhaps Zoë.")] * 2
    assert [told[key][0] for key in "35"] == ["skip", "skip"]
    plain = (replace(row, action=SendAction.CREATE, operation=None) for row in rows)
    asked_about, certain = (SendingPlan(documents=plan_sending(some)) for some in (rows, plain))
    assert asked_about.fingerprint == certain.fingerprint
    assert not per_account(asked_about.documents)


def test_a_customer_goes_only_with_a_document_that_needs_it() -> None:
    told = actions(
        planned("zoe", kind="customer"), planned("1", after="zoe"), planned("max", kind="customer"),
    )  # fmt: skip

    assert [told["zoe"][0], told["max"]] == ["create", ("skip", NO_FOLLOWER)]


def test_the_fingerprint_is_that_of_what_is_taken_up_whatever_is_found_in_quickbooks_then() -> None:
    plan = SendingPlan(documents=(planned("1"), planned("2", SendAction.BLOCKED)))
    found = replace(plan.documents[0], action=SendAction.ADOPT, operation=SendAction.CREATE, reason="There.")

    assert SendingPlan(documents=(found,)).fingerprint == plan.fingerprint
    for other in (
        planned("1", version=2),
        planned("1", body_hash="another"),
        planned("1", SendAction.VOID),
        planned("3"),
    ):
        assert SendingPlan(documents=(other,)).fingerprint != plan.fingerprint
    assert SendingPlan(documents=(*plan.documents, planned("3"))).fingerprint != plan.fingerprint


def test_accounts_and_totals_count_what_is_written_and_customers_nowhere() -> None:
    change = planned("2", SendAction.CHANGE, moves=Movement.of([("Accounts Receivable", Decimal(5))]))
    adopted = planned("3", SendAction.ADOPT, operation=SendAction.CREATE)
    plan = SendingPlan(documents=(planned("zoe", kind="customer", moves=Movement()), planned("1"), change, adopted))

    assert plan.per_account() == {("USD", "Accounts Receivable"): Decimal(15), ("USD", "Sales"): Decimal(-10)}
    assert [(row.action.value, row.number, row.amount) for row in plan.totals()] == [
        ("create", 1, Decimal(10)),
        ("change", 1, Decimal(10)),
        ("adopt", 1, Decimal(10)),
    ]
    assert plan.new_customers == ("Priya",)


def test_what_came_went_and_changed_is_named_and_of_many_only_some() -> None:
    before = SendingPlan(documents=(planned("1"), planned("2"), planned("3")))
    approved = [(row.key, row.mark, row.title) for row in before.taken_up]
    now = SendingPlan(documents=(planned("1"), planned("2", version=2), planned("4")))

    assert [message.worded() for message in difference_told(difference_between(approved, now))] == [
        "New: Invoice 4.",
        "Not to be sent any more: Invoice 3.",
        "Another than approved: Invoice 2.",
    ]
    many = SendingPlan(documents=tuple(planned(str(number)) for number in range(30)))
    (told,) = difference_told(difference_between([], many))
    assert told.worded().endswith("Invoice 19 and 10 more.")
    assert not difference_between(approved, before)
