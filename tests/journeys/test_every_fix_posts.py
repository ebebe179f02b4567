"""Is an order in QuickBooks once a person has used a fix on the issue's page? Every fix about a customer or an item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from books.customer_fields import with_fields
from books.orders import Customer
from companies.models import Company, Role
from mapping.models import LineTypeDefault, QuickBooksItem, SourceCustomerRules
from reconciliation.fixes import FIXES
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import Document
from sync.preparing.prepare import prepare_unsent
from tests.factories import SYSTEM, map_product, prepared
from tests.reconciliation.factories import NEW_KIT, as_role, renamed
from tests.reconciliation.fixing import fix, page
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.sample_orders import an_order
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "5001"
#: A customer whom QuickBooks has, and its vendor.
KNOWN, VENDOR = "Priya Natarajan", "Harbor Print Co"


def order(buyer: str = "", lines: str = "KIT-CLAY  48.00") -> str:
    return f"2026-08-14  order {NUMBER}{f'  {buyer}' if buyer else ''}\n{lines}"


Situation = Callable[[Company, Books], None]


# What is in the way --------------------------------------------------------------------------------------------------


def unmapped(company: Company, _: Books) -> None:
    creates = {"new_item_income_account": "Sales:Kits", "new_item_expense_account": "Cost of Goods Sold"}
    Company.objects.filter(pk=company.pk).update(creates_items=True, **creates)
    prepared(company, renamed(order(lines="KIT-MUG  36.00"), "KIT-MUG", **NEW_KIT))


def mapped(item: str = "", account: str = "") -> Situation:
    """A product of the CRM that is mapped to names."""

    def situation(company: Company, _: Books) -> None:
        unmapped(company, _)
        map_product(company, NEW_KIT["name"], item=item, account=account)
        refresh_and_prepare(company)
        prepared(company, replace(renamed(order(lines="KIT-MUG  36.00"), "KIT-MUG", **NEW_KIT), note="Again"))

    return situation


def renamed_there(entity: str, name: str, new: str, situation: Situation) -> Situation:
    """QuickBooks calls it something else since it was mapped."""

    def renamed_situation(company: Company, books: Books) -> None:
        situation(company, books)
        record = books.find(entity, f"Name = '{name}'")
        books.change(entity, record, Name=new)
        refresh_and_prepare(company)

    return renamed_situation


def no_default(company: Company, _: Books) -> None:
    LineTypeDefault.objects.filter(company=company, section="shipping").update(item_name_default="")
    prepared(company, order(lines="KIT-CLAY  48.00\nshipping  8.00"))


def two_fit(company: Company, books: Books) -> None:
    income = books.find("Item", "Name = 'Starter Clay Kit'")["IncomeAccountRef"]
    for parent in ("Spring", "Autumn"):
        above = books.write("Item", {"Name": parent, "Type": "Category"})
        books.write(
            "Item",
            {"Name": "Evening", "Type": "Service", "IncomeAccountRef": income, "SubItem": True,
             "ParentRef": {"value": above["Id"]}},
        )  # fmt: skip
    refresh_and_prepare(company)
    mapped("Evening")(company, books)


def only_bought(company: Company, books: Books) -> None:
    mapped("Kiln Shelf")(company, books)
    QuickBooksItem.objects.filter(company=company, full_name="Kiln Shelf").update(income_account_id="")
    prepare_unsent(company)


def of(buyer: str) -> Situation:
    def situation(company: Company, _: Books) -> None:
        prepared(company, order(buyer))

    return situation


def too_long(company: Company, _: Books) -> None:
    bought = an_order(order("#9 Nora Quist <nora@example.com>"))
    prepared(company, replace(bought, customer=with_fields(bought.customer, {"phone": "1" * 40})))


def inactive(company: Company, books: Books) -> None:
    record = books.customer("Nora Quist", PrimaryEmailAddr={"Address": "nora@example.com"})
    books.change("Customer", books.read("Customer", record["Id"]), Active=False)
    refresh_and_prepare(company)
    of("#9 Nora Quist <nora@example.com>")(company, books)


def link_gone(company: Company, books: Books) -> None:
    record = books.customer("Nora Quist-Lund", PrimaryEmailAddr={"Address": "lund@example.com"})
    refresh_and_prepare(company)
    of("#9 Nora Quist")(company, books)
    gather(company)
    without = Issue.objects.get(company=company, code="customer-without-email")
    fix(as_role(company, Role.ADMINISTRATOR), without, "choose-customer", chosen="Nora Quist-Lund")
    books.change("Customer", books.read("Customer", record["Id"]), Active=False)
    refresh_and_prepare(company)


def name_of_a_vendor(company: Company, _: Books) -> None:
    prepared(company, order(f"#9 {VENDOR} <depot@example.com>"))
    assert push(company).outcomes["refused"] == 1


def held(company: Company, _: Books) -> None:
    SourceCustomerRules.objects.create(company=company, system=SYSTEM, hold_for_review=True)
    prepared(company, order("#9 Nora Quist <nora@example.com>"))


def two_by_name(company: Company, books: Books) -> None:
    """Two whose company name is the customer's name."""
    for name in ("Clay Works, Denver", "Clay Works, Boulder"):
        books.customer(name, CompanyName="Clay Works")
    SourceCustomerRules.objects.create(
        company=company, system=SYSTEM, match_first="name", name_field="company", name_format="first-last"
    )
    refresh_and_prepare(company)
    prepared(company, order("#9 Clay Works <clay@example.com>"))


class Case(NamedTuple):
    code: str
    situation: Situation
    fix: str
    fields: dict[str, str]


TWINS = "#8 Chidi Okafor <family.okafor@example.com>"


def nameless(company: Company, _: Books) -> None:
    prepared(company, replace(an_order(order()), customer=Customer()))


NOBODY, COLON = "#9 Nora Quist", "#9 Studio: Denver <denver@example.com>"
TAKEN, LONG_NAME = f"#7 {KNOWN} <priya.n@example.com>", "Kiln Shelf for Mugs, Large and Small Ones"
sets_renamed = renamed_there("Account", "Kits", "Sets", mapped("Starter Clay Kit", "Sales:Kits"))
CASES = [
    Case("product-without-mapping", unmapped, "choose-item", {"item": "Starter Clay Kit"}),
    Case("product-without-mapping", unmapped, "create-item",
         {"new_name": "Creme Brulee Mugs", "confirmed": "1"}),
    Case("line-type-without-mapping", no_default, "choose-line-type-item", {"item": "Shipping"}),
    Case("item-not-in-quickbooks", mapped("Nowhere"), "replace-item", {"item": "Starter Clay Kit"}),
    Case("item-not-in-quickbooks", renamed_there("Item", "Kiln Shelf", "Kiln Board", mapped("Kiln Shelf")),
         "use-new-name", {}),
    Case("item-is-ambiguous", two_fit, "replace-item", {"pick": "Autumn:Evening"}),
    Case("item-without-income-account", only_bought, "sell-another-item", {"item": "Starter Clay Kit"}),
    Case("account-not-in-quickbooks", mapped("Starter Clay Kit", "Nowhere"), "replace-account",
         {"account": "Sales:Kits"}),
    Case("account-not-in-quickbooks", sets_renamed, "use-new-name", {}),
    Case("account-of-wrong-type", mapped("Starter Clay Kit", "Checking"), "replace-account", {"account": "Sales:Kits"}),
    Case("item-account-differs", mapped("Starter Clay Kit", "Sales:Books"), "use-item-account", {}),
    Case("item-account-differs", mapped("Starter Clay Kit", "Sales:Books"), "change-item", {"confirmed": "1"}),
    Case("item-account-differs", mapped("Starter Clay Kit", "Sales:Books"), "use-another-item",
         {"item": "The Patient Potter"}),
    Case("name-breaks-rule", mapped(LONG_NAME), "enter-good-name", {"good": "Kiln Shelf"}),
    Case("name-breaks-rule", of(COLON), "create-customer", {"new_name": "Studio - Denver"}),
    Case("name-breaks-rule", of(COLON), "choose-customer", {"chosen": KNOWN}),
    Case("customer-without-email", of(NOBODY), "give-email", {"email": "nora@example.com"}),
    Case("customer-without-email", of(NOBODY), "choose-customer", {"chosen": KNOWN}),
    Case("customer-without-email", of(NOBODY), "create-customer", {"new_name": "Nora Quist"}),
    Case("customers-share-email", of(TWINS), "pick-customer", {"who": "Chidi Okafor"}),
    Case("customers-share-email", of(TWINS), "pick-customer", {"who": "new", "new_name": "Chidi Okafor Jr."}),
    Case("several-customers-fit", two_by_name, "pick-customer", {"who": "Clay Works, Boulder"}),
    Case("several-customers-fit", two_by_name, "pick-customer", {"who": "new", "new_name": "Clay Works, Golden"}),
    Case("customer-not-found", held, "choose-customer", {"chosen": KNOWN}),
    Case("customer-not-found", held, "create-as-named", {"new_name": "Nora Quist"}),
    Case("customer-not-found", held, "give-email", {"email": "priya.natarajan@example.com"}),
    Case("customer-name-taken", of(TAKEN), "choose-customer", {"chosen": KNOWN}),
    Case("customer-name-taken", of(TAKEN), "create-customer", {"new_name": f"{KNOWN} (Boulder)"}),
    Case("customer-field-too-long", too_long, "enter-field", {"text": "970 555 0142"}),
    Case("customer-field-too-long", too_long, "leave-field-out", {}),
    Case("customer-field-too-long", too_long, "choose-customer", {"chosen": KNOWN}),
    Case("customer-inactive", inactive, "choose-customer", {"chosen": KNOWN}),
    Case("customer-inactive", inactive, "create-customer", {"new_name": "Nora Quist II"}),
    Case("linked-customer-gone", link_gone, "choose-customer", {"chosen": KNOWN}),
    Case("linked-customer-gone", link_gone, "create-customer", {"new_name": "Nora Quist"}),
    Case("no-customer", nameless, "choose-customer-of-order", {"chosen": KNOWN}),
    Case("no-customer", nameless, "create-customer-of-order", {"new_name": "Cash sales"}),
    Case("refused-by-quickbooks", name_of_a_vendor, "create-customer", {"new_name": f"{VENDOR} (customer)"}),
    Case("refused-by-quickbooks", name_of_a_vendor, "choose-customer", {"chosen": KNOWN}),
]  # fmt: skip


def typed(company: Company, fields: dict[str, str]) -> dict[str, Any]:
    """The fields as the form sends them: a radio button of a customer has the customer's id."""
    who = company.quickbookscustomer_set.filter(display_name=fields.get("who", "")).first()
    return {**fields, "who": who.quickbooks_id} if who else fields


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}: {case.fix} {'+'.join(case.fields)}")
def test_the_fix_is_on_the_page_and_the_order_is_posted_afterwards(
    studio: Company, quickbooks: Books, case: Case
) -> None:
    case.situation(studio, quickbooks)
    gather(studio)
    issue = Issue.objects.get(company=studio, code=case.code, state=IssueState.OPEN)
    person = as_role(studio, Role.ACCOUNTANT)
    assert f"/fix/{case.fix}/" in page(person, issue)

    said = fix(person, issue, case.fix, **typed(studio, case.fields))
    push(studio)

    assert issue.state == IssueState.SOLVED, said
    assert {row.state for row in Document.objects.filter(company=studio, kind="invoice")} == {"posted"}, said
    assert quickbooks.find("Invoice", f"DocNumber = '{NUMBER}'")["TotalAmt"] > 0


def test_every_fix_about_a_customer_or_an_item_is_among_them() -> None:
    about = {case.code for case in CASES}
    offered = {
        (code, kind.name)
        for code in about
        for kind in FIXES[code]
        if not kind.name.startswith(("ignore", "settle", "keep-theirs"))
    }

    assert sorted(offered - {(case.code, case.fix) for case in CASES}) == []
