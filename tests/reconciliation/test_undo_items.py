"""Is an item that Tieout created made inactive after an undo where nothing else uses it, and only then?"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from companies.models import Company, Role
from mapping.models import LineTypeDefault, Product, QuickBooksItem
from reconciliation.issues import gather
from reconciliation.models import Issue
from reconciliation.undo.carrying_out import carry_out, go_on, post_again
from reconciliation.undo_models import Undo, UndoItem, UndoState
from sync.lists.items.create import create_item
from sync.models import Document, ItemWrite
from sync.preparing.prepare import prepare_unsent
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.inactive_items import items_now, named_by_transactions
from sync.quickbooks_online.login import quickbooks_of
from tests.factories import prepared
from tests.reconciliation.factories import as_role
from tests.reconciliation.undoing import planned, started
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

KIT = "Celadon Kit"
AN_ORDER = "2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00"
ANOTHER = AN_ORDER.replace("order 1", "order 2")


@pytest.fixture
def item(studio: Company) -> str:
    """The QuickBooks id of an item that Tieout created for a product, of which one invoice is posted."""
    studio.creates_items = True
    studio.new_item_income_account, studio.new_item_expense_account = "Sales:Kits", "Cost of Goods Sold"
    studio.save()
    prepared(studio, AN_ORDER)
    create_item(studio, Product.objects.get(company=studio), KIT, by=User.objects.create_user("bea"))
    prepare_unsent(studio)
    push(studio)
    return ItemWrite.objects.get().quickbooks_id


def is_active(quickbooks: Books, item: str) -> bool:
    """Whether QuickBooks offers the item."""
    return bool(quickbooks.find("Item", f"Id = '{item}' and Active in (true, false)")["Active"])


def lines(undo: Undo) -> list[tuple[str, str]]:
    return list(undo.items.order_by("pk").values_list("state", "why"))


def test_an_item_that_nothing_else_uses_is_made_inactive_and_active_again_when_its_records_are_posted_again(
    studio: Company, quickbooks: Books, item: str
) -> None:
    undo = planned(studio)
    assert lines(undo) == [("planned", "")]

    undo = carry_out(started(undo))

    assert (undo.state, lines(undo), is_active(quickbooks, item)) == (UndoState.FINISHED, [("done", "")], False)
    assert Document.objects.get(kind="invoice").order.events.get(step="item-made-inactive").facts["item"] == KIT
    # The product stays mapped, which is no issue until an order wants the item: that one is blocked with the cause
    assert Product.objects.get().quickbooks_product_name == KIT
    gather(studio)
    assert not Issue.objects.filter(company=studio).exists()
    prepared(studio, ANOTHER)
    blocked = Document.objects.get(order__number="2", kind="invoice").problems.get(code="item-not-in-quickbooks")
    assert blocked.facts["inactive"] is True
    gather(studio)
    assert Issue.objects.get(company=studio, code=blocked.code).facts["item"] == KIT

    assert post_again(undo, by=None) == 1
    prepare_unsent(studio)
    push(studio)

    assert (lines(undo), is_active(quickbooks, item)) == ([("left", "again")], True)
    assert set(Document.objects.values_list("order__number", "kind", "state")) == {
        *(("1", kind, "posted") for kind in ("customer", "invoice")),
        ("2", "invoice", "posted"),
    }


def test_an_item_stays_that_anything_else_names_or_may_name_also_when_that_came_after_the_plan(
    studio: Company, quickbooks: Books, item: str
) -> None:
    def why() -> str:
        ((_state, reason),) = lines(planned(studio))
        return reason

    other = quickbooks.invoice("5.00", item=item)
    assert why() == "used"
    quickbooks.delete("Invoice", other)
    assert why() == ""

    parts = {"ItemGroupLine": [{"ItemRef": {"value": item}, "Qty": 1}, {"ItemRef": {"value": "1"}, "Qty": 1}]}
    bundle = quickbooks.write("Item", {"Name": "Kit and Class", "Type": "Group", "ItemGroupDetail": parts})
    assert why() == "part"

    prepared(studio, ANOTHER)
    assert why() == "to-post"

    default = LineTypeDefault.objects.filter(company=studio).first()
    assert default is not None
    default.item_name_default = KIT
    default.save()
    assert why() == "chosen"
    default.delete()

    namesake = Product.objects.create(company=studio, system="shop", source_key="1", name=KIT)
    assert why() == "product"

    namesake.delete()
    Document.objects.filter(order__number="2").update(state="ignored")
    quickbooks.change("Item", bundle, Active=False)
    undo = started(planned(studio))
    quickbooks.invoice("5.00", item=item)  # after a plan that had nothing against it
    assert lines(undo) == [("planned", "")]
    assert lines(carry_out(undo)) == [("left", "used")]
    assert is_active(quickbooks, item)


def test_what_was_not_looked_through_or_is_not_told_is_said(studio: Company, quickbooks: Books, item: str) -> None:
    connection = quickbooks_of(studio)
    assert connection is not None
    with open_destination(connection, for_person=True) as destination:
        there = items_now(destination, [item])
        ours = f"Invoice {Document.objects.get(kind='invoice').quickbooks_id}"
        assert named_by_transactions(destination, there.values()).named == {item: ours}
        few = named_by_transactions(destination, there.values(), without={ours}, most=1)
        all_of_them = named_by_transactions(destination, there.values(), without={ours})
        refusals = []
        for code in ("5020", "5030"):  # it may not be told, or the company has no such kind of record
            quickbooks.control("faults", {"kind": "refuse", "operation": "query", "code": code})
            refusals.append(named_by_transactions(destination, there.values()).refused)

    assert (dict(few.named), few.too_many, few.refused) == ({}, True, None)
    assert (dict(all_of_them.named), all_of_them.too_many, all_of_them.refused) == ({}, False, None)
    assert [refused is None for refused in refusals] == [False, True]


def test_after_an_answer_that_got_lost_the_item_is_read_first_and_not_written_again(
    studio: Company, quickbooks: Books, item: str
) -> None:
    undo = started(planned(studio))
    quickbooks.control("faults", {"kind": "lost_answer", "entity": "Item", "operation": "update"})

    undo = carry_out(undo)
    assert (undo.state, lines(undo), is_active(quickbooks, item)) == (UndoState.STOPPED, [("planned", "")], False)
    before = UndoItem.objects.get().request_id
    go_on(undo)
    undo = carry_out(undo)

    assert (undo.state, lines(undo)) == (UndoState.FINISHED, [("done", "")])
    assert UndoItem.objects.get().request_id == before
    assert not QuickBooksItem.objects.get(company=studio, quickbooks_id=item).active


def test_the_page_has_a_tick_for_each_item_and_one_that_is_taken_away_counts(
    studio: Company, quickbooks: Books, item: str
) -> None:
    undo, accountant = planned(studio), as_role(studio, Role.ACCOUNTANT)
    address = f"/studio/undo/{undo.pk}/"
    assert f'name="item" value="{undo.items.get().pk}"' in accountant.get(address).text

    accountant.post(f"{address}start/", {"reason": "Imported twice", "fingerprint": undo.fingerprint})

    assert lines(undo) == [("left", "not-wanted")]
    assert "A person chose to keep this item active." in accountant.get(address).text
