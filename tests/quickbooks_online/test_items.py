"""Is an item created or changed in QuickBooks once and only once, by a person's word, and never by accident?"""

from __future__ import annotations

import html
from datetime import timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
import simplejson
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.urls import reverse

from companies.models import Company, Membership, Role
from mapping.models import Product, QuickBooksAccount, QuickBooksItem, SourceItemRules
from reconciliation.models import Issue, IssueState
from simulators.quickbooks.server import Running
from sync.lists.items.change import change_income_account
from sync.lists.items.create import create_item, create_items, plans
from sync.lists.items.many import advance, create_new, start
from sync.lists.items.write import CannotWrite
from sync.lists.refresh import refresh_lists
from sync.models import Connection, DocumentProblem, ItemOperation, ItemWrite, PushState, Run, RunKind
from sync.pushing.lease import leased
from sync.run import sync_company
from tests.factories import prepared, staged
from tests.held_answers import answers_held
from tests.quickbooks_online.rehearsal import control, fault, holds, log, the_id
from tests.reconciliation.factories import renamed

pytestmark = pytest.mark.django_db
CLASSES, WORKSHOPS = "Services:Training:Classes", "Services:Training:Workshops"


@pytest.fixture
def studio(connection: Connection) -> Company:
    """A company whose lists are read, and which may create items."""
    company = connection.company
    refresh_lists(company)
    company.creates_items = True
    company.new_item_income_account = WORKSHOPS
    company.new_item_expense_account = "Cost of Goods Sold"
    company.save()
    return company


@pytest.fixture
def person(studio: Company) -> User:
    user = User.objects.create_user("bea", password="secret")
    Membership.objects.create(company=studio, user=user, role=Role.ACCOUNTANT)
    return user


@pytest.fixture
def client(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def a_product(company: Company, name: str = "Kintsugi Evening", key: str = "901", **more: Any) -> Product:
    return Product.objects.create(company=company, system="keap", source_key=key, name=name, **more)


def called(running: Running, name: str) -> list[dict[str, Any]]:
    """The items of that name in QuickBooks itself."""
    return [hold for hold in holds(running, "Item") if hold["Name"].casefold() == name.casefold()]


# Creating ------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A73", "D20", "D21", "D22")
def test_an_item_is_created_with_the_two_accounts_and_the_product_is_mapped_to_it(
    quickbooks: Running, studio: Company, person: User
) -> None:
    product = a_product(studio, sku="KIN-1")

    create_item(studio, product, "Kintsugi Evening", by=person)

    (item,) = called(quickbooks, "Kintsugi Evening")
    assert item["Type"] == "Service"
    assert item["Sku"] == "KIN-1"
    assert item["IncomeAccountRef"] == the_id(quickbooks, "Account", WORKSHOPS)
    assert item["ExpenseAccountRef"] == the_id(quickbooks, "Account", "Cost of Goods Sold")
    product.refresh_from_db()
    assert product.quickbooks_product_name == "Kintsugi Evening"
    assert product.history.latest().history_change_reason == "Created in QuickBooks"
    assert QuickBooksItem.objects.get(company=studio, name="Kintsugi Evening").quickbooks_id == item["Id"]
    write = ItemWrite.objects.get()
    assert (write.state, write.operation, write.asked_by) == (PushState.ACCEPTED, ItemOperation.CREATE, person)
    assert write.exchanges[0]["status"] == 200
    assert not refresh_lists(studio).lists["items"].anything


@pytest.mark.criterion("D20", "D21")
def test_an_item_of_a_file_is_created_with_all_that_the_file_says_and_never_as_a_sub_item(
    quickbooks: Running, studio: Company, person: User
) -> None:
    told: dict[str, Any] = {"description": "Celadon, a pint", "price": Decimal("12.5"), "kind": "service"}
    product = a_product(studio, "Glaze : Celadon", sku=" 00123 ", **told)

    ((_product, why_not),) = create_items(studio, [product], by=person)

    assert why_not == ""
    (item,) = called(quickbooks, "Glaze - Celadon")
    assert (item["Sku"], item["Description"], item["Type"]) == ("00123", "Celadon, a pint", "Service")
    assert Decimal(str(item["UnitPrice"])) == Decimal("12.5")
    assert item.get("ParentRef") is None
    product.refresh_from_db()
    assert product.quickbooks_product_name == "Glaze - Celadon"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"kind": "bundle"}, "A bundle is made of other items."),
        ({"kind": "inventory"}, "a start date of an inventory item"),
        ({"name_given": "raku weekend"}, "QuickBooks has an item “Raku Weekend” already"),
    ],
)
def test_the_plan_says_which_items_would_clash_or_cannot_be_made(
    studio: Company, facts: dict[str, str], words: str
) -> None:
    (plan,) = plans(studio, [a_product(studio, "Gift", **facts)])

    assert words in plan.why_not


def test_two_chosen_products_of_one_name_clash_with_each_other(studio: Company) -> None:
    first, second = plans(studio, [a_product(studio, "Gift", "1"), a_product(studio, "gift", "2")])

    assert (first.why_not, "would have this name too" in second.why_not) == ("", True)


@pytest.mark.criterion("A23")
def test_while_it_is_off_nothing_is_created(quickbooks: Running, studio: Company, person: User) -> None:
    studio.creates_items = False
    studio.save()

    with pytest.raises(CannotWrite, match="Creating items is off"):
        create_item(studio, a_product(studio), "Kintsugi Evening", by=person)

    assert not called(quickbooks, "Kintsugi Evening")
    assert not Company._meta.get_field("creates_items").default


@pytest.mark.criterion("D19", "D22")
@pytest.mark.parametrize(
    ("setting", "path", "sentence"),
    [
        ("new_item_income_account", "", "The company's settings name no “Income account of new items”."),
        (
            "new_item_income_account",
            "Accounts Receivable",
            "“Accounts Receivable” is of type Accounts receivable (A/R).",
        ),
        ("new_item_expense_account", "Accounts Payable", "“Accounts Payable” is of type Accounts payable (A/P)."),
        ("new_item_expense_account", "Gone", "QuickBooks has no account “Gone”."),
    ],
)
def test_without_accounts_of_the_right_types_nothing_is_created(
    quickbooks: Running, studio: Company, person: User, setting: str, path: str, sentence: str
) -> None:
    Company.objects.filter(pk=studio.pk).update(**{setting: path})
    studio.refresh_from_db()

    with pytest.raises(CannotWrite) as refused:
        create_item(studio, a_product(studio), "Kintsugi Evening", by=person)

    assert str(refused.value).startswith(sentence)
    assert not called(quickbooks, "Kintsugi Evening")


@pytest.mark.criterion("A12", "A23")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("raku weekend", "QuickBooks has an item “Raku Weekend” already, active or not."),
        ("Kintsugi: Evening", "There is a space next to a colon"),
        ("Classes:Kintsugi", "A colon would make it part of another item."),
        ("k" * 31, "has 31 characters; the limit is 30."),
        (" ", "The name is empty."),
    ],
)
def test_a_name_that_is_taken_or_breaks_the_rule_is_refused_before_anything_is_sent(
    quickbooks: Running, studio: Company, person: User, name: str, sentence: str
) -> None:
    before = len(holds(quickbooks, "Item"))

    with pytest.raises(CannotWrite, match=sentence):
        create_item(studio, a_product(studio), name, by=person)

    assert len(holds(quickbooks, "Item")) == before
    assert not ItemWrite.objects.exists()


@pytest.mark.criterion("A23")
def test_an_inactive_item_of_that_name_that_our_copy_does_not_know_is_found_by_asking(
    quickbooks: Running, studio: Company, person: User
) -> None:
    item = the_id(quickbooks, "Item", "Raku Weekend")
    control(quickbooks, "inactivate", {"entity": "Item", "id": item})
    QuickBooksItem.objects.filter(company=studio, name="Raku Weekend").delete()

    with pytest.raises(CannotWrite, match=r"QuickBooks has an item “Raku Weekend( \(deleted\))?” already"):
        create_item(studio, a_product(studio, "Raku Weekend"), "Raku Weekend", by=person)

    assert not ItemWrite.objects.exists()


@pytest.mark.criterion("E02")
@pytest.mark.parametrize("kind", ["lost_answer", "drop_before"])
def test_an_answer_that_is_lost_never_makes_two(quickbooks: Running, studio: Company, person: User, kind: str) -> None:
    product = a_product(studio)
    fault(quickbooks, kind, entity="Item", operation="create")

    with pytest.raises(CannotWrite, match="Press again"):
        create_item(studio, product, "Kintsugi Evening", by=person)
    assert ItemWrite.objects.get().state == PushState.OPEN
    create_item(studio, product, "Kintsugi Evening", by=person)

    assert len(called(quickbooks, "Kintsugi Evening")) == 1
    adopted = PushState.ADOPTED if kind == "lost_answer" else PushState.ACCEPTED
    assert ItemWrite.objects.get().state == adopted
    writes = [
        request for request in log(quickbooks) if request["entity"] == "Item" and request["operation"] == "create"
    ]
    assert len(writes) == (1 if kind == "lost_answer" else 2)
    assert len({(str(write["query"]), write["body"]) for write in writes}) == 1, (
        "the same bytes under the same request id"
    )


def test_an_item_that_a_person_chose_before_the_click_is_not_written_over(
    quickbooks: Running, studio: Company, person: User
) -> None:
    product = a_product(studio)
    Product.objects.filter(pk=product.pk).update(quickbooks_product_name="Glaze")

    with pytest.raises(CannotWrite, match="Someone has said in the meantime which item it is"):
        create_item(studio, product, "Kintsugi Evening", by=person)

    assert called(quickbooks, "Kintsugi Evening") == []
    product.refresh_from_db()
    assert product.quickbooks_product_name == "Glaze"


@pytest.mark.django_db(transaction=True)
def test_an_item_that_a_person_chose_while_another_was_created_is_not_written_over(
    quickbooks: Running, studio: Company, person: User
) -> None:
    product, said = a_product(studio), list[str]()

    def create() -> None:
        try:
            create_item(studio, product, "Kintsugi Evening", by=person)
        except CannotWrite as why:
            said.append(str(why))
        finally:
            connections.close_all()

    with answers_held(quickbooks, of="Item") as held:
        creating = Thread(target=create)
        creating.start()
        held.wait_until_one_is_held()
        Product.objects.filter(pk=product.pk).update(quickbooks_product_name="Glaze")
    creating.join()

    assert said == [
        "QuickBooks has the item “Kintsugi Evening” now. Someone has said in the meantime that the product is "
        "“Glaze”, so it stays that."
    ]
    product.refresh_from_db()
    assert product.quickbooks_product_name == "Glaze"
    assert len(called(quickbooks, "Kintsugi Evening")) == 1


def test_one_whose_request_id_is_too_old_is_looked_up_by_name_and_mark(
    quickbooks: Running, studio: Company, person: User
) -> None:
    product = a_product(studio)
    fault(quickbooks, "lost_answer", entity="Item", operation="create")
    with pytest.raises(CannotWrite):
        create_item(studio, product, "Kintsugi Evening", by=person)
    write = ItemWrite.objects.get()
    assert write.first_sent_at
    ItemWrite.objects.update(first_sent_at=write.first_sent_at - timedelta(days=2))

    create_item(studio, product, "Kintsugi Evening", by=person)

    assert ItemWrite.objects.get().state == PushState.ADOPTED
    assert len(called(quickbooks, "Kintsugi Evening")) == 1


def test_a_refusal_is_told_in_quickbooks_words_and_kept(quickbooks: Running, studio: Company, person: User) -> None:
    fault(quickbooks, "refuse", entity="Item", code="6430", message="Invalid account type", detail="Not this one.")

    with pytest.raises(CannotWrite, match="Not this one"):
        create_item(studio, a_product(studio), "Kintsugi Evening", by=person)

    assert ItemWrite.objects.get().state == PushState.REFUSED


def test_while_someone_posts_for_the_company_nothing_is_sent(studio: Company, person: User) -> None:
    with leased(studio), pytest.raises(CannotWrite, match="Another sync is at work"):
        create_item(studio, a_product(studio), "Kintsugi Evening", by=person)

    assert not ItemWrite.objects.exists()


def test_several_are_created_and_each_that_cannot_be_says_why(
    quickbooks: Running, studio: Company, person: User
) -> None:
    products = [a_product(studio, name, key) for key, name in (("1", "Ikebana"), ("2", "raku weekend"), ("3", "Wabi"))]

    done = create_items(studio, products, by=person)

    assert [(product.name, why[:26]) for product, why in done] == [
        ("Ikebana", ""),
        ("raku weekend", "QuickBooks has an item “Ra"),
        ("Wabi", ""),
    ]
    assert called(quickbooks, "Ikebana")
    assert called(quickbooks, "Wabi")
    assert [plan.why_not == "" for plan in plans(studio, products)] == [False, False, False]


@pytest.mark.criterion("D31", "D33")
def test_from_the_issue_an_item_is_created_after_a_page_that_says_what_is_written(
    quickbooks: Running, studio: Company, client: Client
) -> None:
    staged(studio, "2026-08-14  order 7001\nprogram  10.00")
    prepared(studio, _an_order_of("Kintsugi Evening"))
    issue = Issue.objects.get(company=studio, code="product-without-mapping")
    address = reverse("reconciliation:issue_fix", args=[studio.slug, issue.pk, "create-item"])

    asked = html.unescape(client.post(address, {"new_name": "Kintsugi Evening"}).content.decode())
    assert "A new item “Kintsugi Evening” of type Service is added" in asked
    assert not called(quickbooks, "Kintsugi Evening")
    client.post(address, {"new_name": "Kintsugi Evening", "confirmed": "1"})

    issue.refresh_from_db()
    assert called(quickbooks, "Kintsugi Evening")
    assert issue.state == IssueState.SOLVED


def test_the_issue_offers_nothing_of_the_kind_while_it_is_off(studio: Company, client: Client) -> None:
    Company.objects.filter(pk=studio.pk).update(creates_items=False)
    prepared(studio, _an_order_of("Kintsugi Evening"))
    issue = Issue.objects.get(company=studio, code="product-without-mapping")

    page = client.get(reverse("reconciliation:issue", args=[studio.slug, issue.pk])).content.decode()

    assert "create-item" not in page


def test_chosen_products_get_their_items_after_a_list_of_what_is_written(
    quickbooks: Running, studio: Company, client: Client
) -> None:
    first, second = a_product(studio, "Ikebana", "1"), a_product(studio, "Wabi", "2")
    taken = a_product(studio, "raku weekend", "3")
    address = reverse("reconciliation:new_items", args=[studio.slug])

    page = html.unescape(client.get(address).content.decode())
    assert "QuickBooks has an item “Raku Weekend” already" in page
    asked = client.post(address, {"id": [first.pk, taken.pk]}).content.decode()
    assert "1 new item of type Service." in asked
    assert not called(quickbooks, "Ikebana")
    done = client.post(address, {"id": [first.pk, taken.pk], "confirmed": "1"}, follow=True).content.decode()

    assert "1 item was created in QuickBooks." in done
    assert called(quickbooks, "Ikebana")
    assert not called(quickbooks, "Wabi")
    assert "bea" in done
    second.refresh_from_db()
    assert second.quickbooks_product_name == ""


def test_the_page_says_why_nothing_can_be_created(studio: Company, client: Client) -> None:
    Company.objects.filter(pk=studio.pk).update(creates_items=False)
    product = a_product(studio)
    address = reverse("reconciliation:new_items", args=[studio.slug])

    page = client.post(address, {"id": [product.pk], "confirmed": "1"}).content.decode()

    assert "Creating items is off." in page
    assert not ItemWrite.objects.exists()


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", [Role.OPS, Role.AUDITOR])
def test_who_may_not_map_creates_and_changes_no_item(
    quickbooks: Running, studio: Company, client: Client, differing: Issue, role: str
) -> None:
    Membership.objects.update(role=role)
    product = a_product(studio, "Ikebana", "1")

    created = client.post(
        reverse("reconciliation:new_items", args=[studio.slug]), {"id": [product.pk], "confirmed": "1"}
    )
    changed = client.post(
        reverse("reconciliation:issue_fix", args=[studio.slug, differing.pk, "change-item"]), {"confirmed": "1"}
    )

    assert (created.status_code, changed.status_code) == (403, 403)
    assert not ItemWrite.objects.exists()


@pytest.mark.criterion("D19", "D22")
def test_the_setting_asks_for_both_accounts_and_refuses_receivables(studio: Company, client: Client) -> None:
    Membership.objects.update(role=Role.ADMINISTRATOR)
    address = reverse("admin:companies_company_change", args=[studio.pk])
    shown = client.get(address).context["adminform"].form
    sent = {name: value for name, value in shown.initial.items() if value not in (None, False)}
    sent |= {"creates_items": "on", "new_item_income_account": "Accounts Receivable", "new_item_expense_account": ""}

    page = html.unescape(client.post(address, sent).content.decode())

    assert "“Accounts Receivable” is of type Accounts receivable (A/R)." in page
    assert "Items can be created once both accounts are set." in page
    studio.refresh_from_db()
    assert studio.new_item_income_account == WORKSHOPS


# Changing the item's account -----------------------------------------------------------------------------------------


@pytest.fixture
def differing(studio: Company) -> Issue:
    """An order of a product whose mapped account is not the one that QuickBooks posts its item to."""
    order = _an_order_of("Wheel Throwing 101")
    staged(studio, order)
    Product.objects.filter(company=studio, name="Wheel Throwing 101").update(
        quickbooks_product_name="Wheel Throwing 101", quickbooks_account_name=WORKSHOPS
    )
    prepared(studio)
    return Issue.objects.get(company=studio, code="item-account-differs")


def income_account(running: Running, name: str) -> str:
    (item,) = called(running, name)
    return str(item["IncomeAccountRef"])


def page_of(client: Client, issue: Issue) -> str:
    address = reverse("reconciliation:issue", args=[issue.company.slug, issue.pk])
    return html.unescape(client.get(address).content.decode())


def test_all_three_ways_are_offered(client: Client, differing: Issue) -> None:
    page = page_of(client, differing)

    for name in ("use-item-account", "change-item", "use-another-item"):
        assert f"/{name}/" in page, name


def test_the_items_own_account_is_taken(client: Client, studio: Company, differing: Issue) -> None:
    client.post(reverse("reconciliation:issue_fix", args=[studio.slug, differing.pk, "use-item-account"]))

    differing.refresh_from_db()
    assert differing.state == IssueState.SOLVED
    assert Product.objects.get(name="Wheel Throwing 101").quickbooks_account_name == ""


def test_the_item_is_changed_in_quickbooks_after_a_page_that_says_what_follows(
    quickbooks: Running, client: Client, studio: Company, differing: Issue
) -> None:
    address = reverse("reconciliation:issue_fix", args=[studio.slug, differing.pk, "change-item"])
    before = called(quickbooks, "Wheel Throwing 101")[0]

    asked = html.unescape(client.post(address).content.decode())
    assert f"changes from “{CLASSES}” to “{WORKSHOPS}”." in asked
    assert income_account(quickbooks, "Wheel Throwing 101") == the_id(quickbooks, "Account", CLASSES)
    client.post(address, {"confirmed": "1"})

    after = called(quickbooks, "Wheel Throwing 101")[0]
    assert income_account(quickbooks, "Wheel Throwing 101") == the_id(quickbooks, "Account", WORKSHOPS)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    # The clock of a rehearsal tells whole seconds
    assert changed - {"LastUpdatedTime"} == {"IncomeAccountRef", "SyncToken"}
    differing.refresh_from_db()
    assert differing.state == IssueState.SOLVED
    assert not DocumentProblem.objects.filter(company=studio, code="item-account-differs").exists()
    write = ItemWrite.objects.get()
    assert (write.account_before, write.account, write.state) == (CLASSES, WORKSHOPS, PushState.ACCEPTED)
    assert simplejson.loads(bytes(write.body))["SyncToken"] == before["SyncToken"]
    assert not refresh_lists(studio).lists["items"].anything


def test_a_change_whose_answer_was_lost_is_found_done(
    quickbooks: Running, studio: Company, person: User, differing: Issue
) -> None:
    fault(quickbooks, "lost_answer", entity="Item")
    with pytest.raises(CannotWrite, match="Press again"):
        change_income_account(studio, "Wheel Throwing 101", WORKSHOPS, by=person)

    change_income_account(studio, "Wheel Throwing 101", WORKSHOPS, by=person)

    assert income_account(quickbooks, "Wheel Throwing 101") == the_id(quickbooks, "Account", WORKSHOPS)
    assert ItemWrite.objects.get().state in (PushState.ACCEPTED, PushState.ADOPTED)


def test_a_lost_change_to_one_account_does_not_stand_for_the_next_to_another(
    quickbooks: Running, studio: Company, person: User, differing: Issue
) -> None:
    fault(quickbooks, "lost_answer", entity="Item")
    with pytest.raises(CannotWrite, match="Press again"):
        change_income_account(studio, "Wheel Throwing 101", WORKSHOPS, by=person)

    change_income_account(studio, "Wheel Throwing 101", "Services:Coaching", by=person)

    assert income_account(quickbooks, "Wheel Throwing 101") == the_id(quickbooks, "Account", "Services:Coaching")
    first, second = ItemWrite.objects.order_by("pk")
    assert (first.account, second.account) == (WORKSHOPS, "Services:Coaching")


def test_an_item_that_someone_changed_meanwhile_is_not_overwritten(
    quickbooks: Running, studio: Company, person: User
) -> None:
    QuickBooksItem.objects.filter(company=studio, name="Wheel Throwing 101").update(sync_token="0")
    item = the_id(quickbooks, "Item", "Wheel Throwing 101")
    control(quickbooks, "rename", {"entity": "Item", "id": item, "name": "Throwing Basics"})

    change_income_account(studio, "Wheel Throwing 101", WORKSHOPS, by=person)

    (after,) = called(quickbooks, "Throwing Basics")
    assert after["IncomeAccountRef"] == the_id(quickbooks, "Account", WORKSHOPS)


def test_another_item_is_one_that_posts_to_the_mapped_account(
    client: Client, studio: Company, differing: Issue
) -> None:
    page = page_of(client, differing)
    address = reverse("reconciliation:issue_fix", args=[studio.slug, differing.pk, "use-another-item"])
    assert 'value="Raku Weekend"' in page

    refused = html.unescape(client.post(address, {"item": "Glaze Chemistry"}).content.decode())
    assert f"QuickBooks does not post “Glaze Chemistry” to “{WORKSHOPS}” either." in refused
    client.post(address, {"pick": "Raku Weekend"})

    differing.refresh_from_db()
    assert differing.state == IssueState.SOLVED
    assert Product.objects.get(name="Wheel Throwing 101").quickbooks_product_name == "Raku Weekend"


def test_an_account_that_no_item_can_have_is_not_offered_to_be_written(
    client: Client, studio: Company, differing: Issue
) -> None:
    QuickBooksAccount.objects.filter(company=studio, full_name=WORKSHOPS).update(account_type="Expense")

    assert "/change-item/" not in page_of(client, differing)


def _an_order_of(name: str) -> Any:
    return renamed(
        "2026-08-14  order 7002\nWT-101  199.00",
        "WT-101",
        product_id=f"p-{name}",
        product_name=name,
        name=name,
        sku="",
    )


# Many, and by themselves ---------------------------------------------------------------------------------------------


def many(company: Company, number: int = 30) -> list[Product]:
    return [a_product(company, f"Bisque tile {index}", f"t{index}") for index in range(number)]


def worked_off(client: Client, company: Company, run: Run) -> Run:
    """The run after its page has asked for its steps."""
    address = reverse("reconciliation:sync_run_advance", args=[company.slug, run.pk])
    for _step in range(20):
        if not client.post(address, HTTP_ACCEPT="application/json").json()["running"]:
            break
    run.refresh_from_db()
    return run


def test_all_that_are_not_found_are_created_after_a_preview_with_the_names_that_clash(
    quickbooks: Running, studio: Company, client: Client
) -> None:
    many(studio)
    a_product(studio, "raku weekend", "taken")
    address = reverse("reconciliation:new_items", args=[studio.slug])

    asked = client.post(address, {"all": "1"})
    text = html.unescape(asked.content.decode())
    client.post(address, {"all": "1", "confirmed": "1", "seen": asked.context["seen"]})
    run = worked_off(client, studio, Run.objects.get(kind=RunKind.ITEMS))

    assert "30 new items of type Service." in text
    assert "raku weekend: QuickBooks has an item “Raku Weekend” already" in text
    assert (run.state, run.counts["items_created"], run.counts["items_not_created"]) == ("finished", 30, 0)
    assert len([item for item in holds(quickbooks, "Item") if item["Name"].startswith("Bisque tile")]) == 30
    assert not Product.objects.filter(name__startswith="Bisque tile", quickbooks_product_name="").exists()
    page = client.get(reverse("reconciliation:sync_run", args=[studio.slug, run.pk])).content.decode()
    assert "30 items created" in page


def test_what_changed_since_the_preview_is_shown_again_and_nothing_is_created(
    quickbooks: Running, studio: Company, client: Client
) -> None:
    a_product(studio, "Ikebana", "1")
    address = reverse("reconciliation:new_items", args=[studio.slug])
    asked = client.post(address, {"all": "1"})
    a_product(studio, "Wabi", "2")

    text = client.post(address, {"all": "1", "confirmed": "1", "seen": asked.context["seen"]}).content.decode()

    assert "Nothing was created: something has changed in the meantime." in text
    assert not called(quickbooks, "Ikebana")


def test_a_run_that_was_left_is_finished_by_the_next_sync_and_creates_nothing_twice(
    quickbooks: Running, studio: Company, person: User
) -> None:
    run = start(studio, many(studio, 4), by=person)
    advance(run, seconds=0)
    fault(quickbooks, "lost_answer", entity="Item", operation="create")

    create_new(studio)
    create_new(studio)

    run.refresh_from_db()
    assert (run.state, run.counts["done"], run.counts["items_created"]) == ("finished", 4, 3)
    assert run.errors[0]["where"] == "Bisque tile 1"
    assert len([item for item in holds(quickbooks, "Item") if item["Name"].startswith("Bisque tile")]) == 4


@pytest.mark.criterion("D20")
def test_switched_on_a_new_item_is_created_with_the_next_sync_and_nothing_of_what_was_there(
    quickbooks: Running, studio: Company
) -> None:
    a_product(studio, "Old tile", "old")
    rules = SourceItemRules.objects.create(company=studio, system="keap")
    a_product(studio, "Early tile", "early")
    sync_company(studio)
    rules.create_items = True
    rules.save()
    a_product(studio, "New tile", "new", sku="NT-1")
    a_product(studio, "Other source", "other").save()
    Product.objects.filter(name="Other source").update(system="files")
    a_product(studio, "Not sold", "gone", active=False)
    a_product(studio, "raku weekend", "taken")

    report = sync_company(studio)

    assert report.counts["items_created"] == 1
    assert called(quickbooks, "New tile")[0]["Sku"] == "NT-1"
    for name in ("Old tile", "Early tile", "Other source", "Not sold"):
        assert not called(quickbooks, name)
    assert Product.objects.get(name="New tile").quickbooks_product_name == "New tile"
    assert not SourceItemRules._meta.get_field("create_items").default


@pytest.mark.criterion("D19", "D20")
def test_without_both_accounts_nothing_is_created_by_itself(quickbooks: Running, studio: Company) -> None:
    SourceItemRules.objects.create(company=studio, system="keap", create_items=True)
    Company.objects.filter(pk=studio.pk).update(new_item_expense_account="")
    a_product(studio, "New tile", "new")

    sync_company(Company.objects.get(pk=studio.pk))

    assert not called(quickbooks, "New tile")


def test_what_quickbooks_refused_is_not_sent_again_before_its_name_is_another(
    quickbooks: Running, studio: Company
) -> None:
    SourceItemRules.objects.create(company=studio, system="keap", create_items=True)
    product = a_product(studio, "New tile", "new")
    fault(quickbooks, "refuse", entity="Item", code="6430", message="Invalid account type", detail="Not this one.")

    first, second = create_new(studio), create_new(studio)
    product.name_given = "Newer tile"
    product.save()
    third = create_new(studio)

    assert (first, second, third) == ({"items_not_created": 1}, {}, {"items_created": 1})
    assert called(quickbooks, "Newer tile")
