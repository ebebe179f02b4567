"""Do one company's decisions come to another by name, with a word about everything that could not come?"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from books.orders import Section
from companies.models import Company, Role
from mapping.copying.copy import copy_decisions
from mapping.models import LineTypeDefault, PostingAccounts, Product, QuickBooksAccount, QuickBooksItem, SourceCustomer
from tests.factories import a_book_customer, a_company, the_studio
from tests.mapping.people import a_person, client_of, joined, signed_in, text_of, told

pytestmark = pytest.mark.django_db
CLASSES = "Services:Training:Classes"


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    product(company, "1", "Wheel", item="Wheel Throwing 101", account=CLASSES)
    product(company, "2", "Glazing")
    return company


@pytest.fixture
def person(studio: Company) -> User:
    return a_person("bea")


def product(company: Company, key: str, name: str, *, item: str = "", account: str = "") -> Product:
    return Product.objects.create(
        company=company,
        system="keap",
        source_key=key,
        name=name,
        quickbooks_product_name=item,
        quickbooks_account_name=account,
    )


def a_twin() -> Company:
    """A company with the same lists and no decisions."""
    company = the_studio("Test company", "rehearsal")
    LineTypeDefault.objects.filter(company=company).delete()
    PostingAccounts.objects.filter(company=company).delete()
    return company


def test_everything_decided_comes_to_a_company_that_reads_the_same_source(studio: Company, person: User) -> None:
    twin = a_twin()

    report = copy_decisions(studio, twin, by=person, same_records=True)

    wheel = Product.objects.get(company=twin, source_key="1")
    assert (wheel.name, wheel.quickbooks_product_name, wheel.quickbooks_account_name) == (
        "Wheel",
        "Wheel Throwing 101",
        CLASSES,
    )
    mine, theirs = (
        set(LineTypeDefault.objects.filter(company=company).values_list("section", "item_name_default"))
        for company in (studio, twin)
    )
    assert mine == theirs
    assert PostingAccounts.objects.get(company=twin).payment_debit == "Undeposited Funds"
    assert report.added == ("Glazing", "Wheel")
    assert report.missing == ()
    assert wheel.history.get().history_user == person
    assert wheel.history.get().history_change_reason == "Copied from Bramble & Birch Studio"


@pytest.mark.criterion("D27", "D30")
def test_an_entered_number_and_name_come_too_and_a_number_that_is_taken_stays_out(
    studio: Company, person: User
) -> None:
    twin = a_twin()
    copy_decisions(studio, twin, by=person, same_records=True)
    Product.objects.create(company=twin, system="keap", source_key="9", name="Apron", sku="AP-1")
    for key, sku in (("1", "W-1"), ("2", "ap-1")):
        product = Product.objects.get(company=studio, source_key=key)
        product.sku_given, product.name_given = sku, f"Name {key}"
        product.save()

    report = copy_decisions(studio, twin, by=person, same_records=True)

    wheel, glazing = (Product.objects.get(company=twin, source_key=key) for key in ("1", "2"))
    assert (wheel.sku_given, wheel.sku_compared, wheel.name_given) == ("W-1", "w-1", "Name 1")
    assert (glazing.sku_given, glazing.sku_compared, glazing.name_given) == ("", "", "Name 2")
    assert [(missing.wanted, "“Apron” has the SKU" in missing.why) for missing in report.missing] == [("ap-1", True)]


def test_a_dry_run_says_the_same_and_changes_nothing(studio: Company, person: User) -> None:
    twin = a_twin()

    foretold = copy_decisions(studio, twin, by=person, same_records=True, dry_run=True)

    assert not Product.objects.filter(company=twin).exists()
    assert foretold == copy_decisions(studio, twin, by=person, same_records=True)


def test_a_second_copy_finds_nothing_to_do(studio: Company, person: User) -> None:
    twin = a_twin()
    first = copy_decisions(studio, twin, by=person, same_records=True)

    again = copy_decisions(studio, twin, by=person, same_records=True)

    assert first.does_anything
    assert not again.does_anything
    assert again.unchanged >= len(first.changes)


def test_a_name_the_other_company_does_not_have_stays_out_and_is_named(studio: Company, person: User) -> None:
    twin = a_twin()
    product(twin, "1", "Wheel", item="Clay Kit")
    QuickBooksItem.objects.filter(company=twin, name="Wheel Throwing 101").update(
        name="Wheel throwing 101", full_name="Wheel throwing 101"
    )
    QuickBooksAccount.objects.filter(company=twin, full_name=CLASSES).update(active=False)

    report = copy_decisions(studio, twin, by=person)

    wheel = Product.objects.get(company=twin, source_key="1")
    assert wheel.quickbooks_product_name == "Clay Kit"
    assert wheel.quickbooks_account_name == ""
    found = {missing.field: missing for missing in report.missing if missing.what == "Product"}
    assert set(found) == {"QuickBooks Product Name", "QuickBooks Account Name"}
    item = found["QuickBooks Product Name"]
    assert (item.wanted, item.kept) == ("Wheel Throwing 101", "Clay Kit")
    assert "Wheel throwing 101" in item.why
    assert item.suggestions[0].text == "Wheel throwing 101"
    assert "inactive" in found["QuickBooks Account Name"].why


def test_names_are_copied_unchecked_while_the_lists_were_never_read(studio: Company, person: User) -> None:
    new = a_company("New", "new")

    report = copy_decisions(studio, new, by=person, same_records=True)

    assert report.missing == ()
    assert Product.objects.get(company=new, source_key="1").quickbooks_account_name == CLASSES


def test_between_other_businesses_an_id_means_nothing_and_the_name_everything(studio: Company, person: User) -> None:
    other = a_twin()
    product(other, "1", "Mug")
    product(other, "77", "Wheel")
    SourceCustomer.objects.create(
        company=studio, system="keap", source_key="11", name="Priya", email="p@example.com", email_given="q@example.com"
    )

    report = copy_decisions(studio, other, by=person)

    assert Product.objects.get(company=other, name="Mug").quickbooks_product_name == ""
    assert Product.objects.get(company=other, name="Wheel").quickbooks_product_name == "Wheel Throwing 101"
    assert not SourceCustomer.objects.filter(company=other).exists()
    assert report.added == ()


def test_a_mapped_product_without_a_place_is_reported(studio: Company, person: User) -> None:
    other = a_twin()

    report = copy_decisions(studio, other, by=person)

    assert [(stayed.name, stayed.why) for stayed in report.stayed] == [
        ("Wheel", "The other company has no product of this name.")
    ]


def test_what_the_source_has_not_decided_is_never_cleared(studio: Company, person: User) -> None:
    twin = a_twin()
    product(twin, "2", "Glazing", item="Clay Kit")
    PostingAccounts.objects.filter(company=studio).update(refund_credit="")
    PostingAccounts.objects.create(company=twin, refund_credit="Checking")

    copy_decisions(studio, twin, by=person)

    assert Product.objects.get(company=twin, source_key="2").quickbooks_product_name == "Clay Kit"
    assert PostingAccounts.objects.get(company=twin).refund_credit == "Checking"


def test_a_customers_fields_come_as_a_person_entered_them_or_left_them_out(studio: Company, person: User) -> None:
    twin = a_twin()
    facts = {"system": "keap", "source_key": "91", "name": "Ines"}
    SourceCustomer.objects.create(
        company=studio, **facts, fields_given={"phone": "303 555 0142", "shipping.city": "", "email": "i@example.com"}
    )
    SourceCustomer.objects.create(company=twin, **facts, fields_given={"phone": "", "billing.city": "Denver"})

    foretold = copy_decisions(studio, twin, by=person, dry_run=True, same_records=True)
    report = copy_decisions(studio, twin, by=person, same_records=True)

    theirs = SourceCustomer.objects.get(company=twin)
    assert theirs.fields_given == {
        "phone": "303 555 0142",
        "shipping.city": "",
        "email": "i@example.com",
        "billing.city": "Denver",
    }
    assert theirs.history.latest().history_user == person
    assert foretold.changes == report.changes
    assert {(change.field, change.before, change.after) for change in report.changes if change.name == "Ines"} == {
        ("Phone", "Left out", "303 555 0142"),
        ("Shipping city", "", "Left out"),
        ("Email", "", "i@example.com"),
    }
    assert copy_decisions(studio, twin, by=person, same_records=True).changes == ()


def test_a_customer_is_linked_only_where_the_same_name_exists(studio: Company, person: User) -> None:
    twin = a_twin()
    for number, name in ((91, "Ines"), (92, "Tom")):
        theirs = a_book_customer(studio, name, quickbooks_id=str(number))
        SourceCustomer.objects.create(
            company=studio,
            system="keap",
            source_key=str(number),
            name=name,
            quickbooks_customer=theirs,
            linked_by=person,
        )
    a_book_customer(twin, "Ines", quickbooks_id="7")

    report = copy_decisions(studio, twin, by=person, same_records=True)

    ines = SourceCustomer.objects.get(company=twin)
    assert ines.quickbooks_customer is not None
    assert (ines.source_key, ines.quickbooks_customer.quickbooks_id) == ("91", "7")
    assert [(missing.wanted, missing.why) for missing in report.missing] == [
        ("Tom", "QuickBooks has no active customer named “Tom”.")
    ]


def test_the_description_switch_of_a_line_type_is_copied(studio: Company, person: User) -> None:
    twin = a_twin()
    LineTypeDefault.objects.filter(company=studio, section=Section.SERVICE.value).update(
        pass_item_description_as_the_name=True
    )

    report = copy_decisions(studio, twin, by=person)

    assert LineTypeDefault.objects.get(company=twin, section=Section.SERVICE.value).pass_item_description_as_the_name
    assert ("Pass Item Description as the Name", "No", "Yes") in [
        (change.field, change.before, change.after) for change in report.changes
    ]


def test_a_company_is_not_copied_to_itself(studio: Company, person: User) -> None:
    with pytest.raises(ValueError, match="itself"):
        copy_decisions(studio, studio, by=person)


# The screen ----------------------------------------------------------------------------------------------------------

SCREEN = "/mapping/rehearsal/copy/"


def test_a_person_chooses_sees_every_change_and_confirms(studio: Company, person: User) -> None:
    twin = a_twin()
    for company in (studio, twin):
        joined(person, company, Role.ACCOUNTANT)
    client = client_of(person)

    assert "Bramble & Birch Studio" in text_of(client.get(SCREEN))
    preview = client.get(SCREEN, {"from": "studio", "same": "on"})
    assert "Wheel Throwing 101" in text_of(preview)
    assert not Product.objects.filter(company=twin).exists()
    done = client.post(SCREEN, {"from": "studio", "same": "on", "seen": preview.context["seen"]})

    assert Product.objects.get(company=twin, source_key="1").quickbooks_product_name == "Wheel Throwing 101"
    assert told(done)[0].endswith("were copied from Bramble & Birch Studio.")


def test_what_changed_since_the_preview_is_shown_again_and_nothing_is_copied(studio: Company, person: User) -> None:
    twin = a_twin()
    for company in (studio, twin):
        joined(person, company, Role.ACCOUNTANT)
    client = client_of(person)
    preview = client.get(SCREEN, {"from": "studio", "same": "on"})
    Product.objects.filter(company=studio, source_key="2").update(quickbooks_product_name="Glaze Chemistry")

    again = client.post(SCREEN, {"from": "studio", "same": "on", "seen": preview.context["seen"]})

    assert "Nothing was copied" in told(again)[0]
    assert "Glaze Chemistry" in text_of(again)
    assert not Product.objects.filter(company=twin).exists()


def test_a_copy_that_only_adds_products_says_so_and_counts_no_decision(studio: Company, person: User) -> None:
    twin = a_twin()
    client = client_of(joined(joined(person, studio, Role.ACCOUNTANT), twin, Role.ACCOUNTANT))
    copy_decisions(studio, twin, by=person, same_records=True)
    Product.objects.filter(company=twin, name="Glazing").delete()
    address = f"/mapping/{twin.slug}/copy/"
    preview = client.get(address, {"from": studio.slug, "same": "on"})

    done = client.post(address, {"from": studio.slug, "same": "on", "seen": preview.context["seen"]})

    assert "Add them" in text_of(preview)
    assert "Copy 0 decisions" not in text_of(preview)
    assert told(done) == ["1 product or customer was added."]


def test_the_decisions_of_a_company_one_does_not_belong_to_cannot_be_seen(studio: Company) -> None:
    accountant = signed_in(a_twin())

    assert accountant.get(SCREEN, {"from": "studio"}).status_code == 404
    assert "You belong to no other company" in text_of(accountant.get(SCREEN))


def test_who_may_only_read_copies_nothing(studio: Company) -> None:
    assert signed_in(a_twin(), Role.OPS).get(SCREEN).status_code == 403
