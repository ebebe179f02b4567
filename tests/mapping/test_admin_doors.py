"""Who comes in, into which company, and does the menu hold exactly what the role can open?"""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from companies.models import Company, Role
from mapping.models import Product, QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, QuickBooksTerm
from tests.factories import a_company, the_studio
from tests.mapping.people import a_person, client_of, joined, signed_in, text_of

pytestmark = pytest.mark.django_db
LISTS = ("quickbooksaccount", "quickbooksitem", "quickbookscustomer", "quickbooksterm")
ADMIN_PAGES = [
    *(f"/admin/mapping/{name}/" for name in (*LISTS, "product", "sourcecustomer", "membership", "company")),
]
PAGES_OF_STUDIO = [
    f"/mapping/studio/{name}/"
    for name in ("line-types", "posting-accounts", "products/import", "products/export", "history", "pick/items")
]


@pytest.fixture
def studio() -> Company:
    return the_studio()


def menu_of(client: Client, page: str = "/admin/mapping/product/") -> dict[str, str]:
    """Title and address of every entry of the menu."""
    body = client.get(page).content.decode()
    links = re.findall(r'<li>\s*<a href="([^"]+)"[^>]*>.*?<span>([^<]+)</span>\s*</a>', body, flags=re.S)
    return {html.unescape(title): address for address, title in links}


def open_entry(client: Client, page: str) -> list[str]:
    body = client.get(page).content.decode()
    return re.findall(r'<li>\s*<a href="([^"]+)"\s+class="[^"]*\bactive\b', body)


# Who comes in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*ADMIN_PAGES, *PAGES_OF_STUDIO])
def test_nobody_comes_in_without_signing_in(studio: Company, page: str) -> None:
    answer = Client().get(page)

    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


@pytest.mark.criterion("B24")
@pytest.mark.parametrize("page", [*ADMIN_PAGES, *PAGES_OF_STUDIO])
def test_support_staff_without_a_role_in_the_company_sees_nothing_of_it(studio: Company, page: str) -> None:
    staff = a_person("support", is_staff=True)
    staff.user_permissions.set(Permission.objects.all())

    answer = client_of(staff).get(page, follow=True)

    assert answer.status_code in (403, 404)
    assert "Wheel Throwing" not in text_of(answer)


@pytest.mark.criterion("B24")
@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_a_member_of_another_company_sees_that_company_only(studio: Company, page: str) -> None:
    stranger = signed_in(a_company("Nightingale Bakery", "bakery"))

    text = text_of(stranger.get(page))

    assert "Bramble" not in text
    assert "Wheel Throwing" not in text


@pytest.mark.parametrize("page", PAGES_OF_STUDIO)
def test_pages_of_a_company_do_not_exist_for_its_strangers(studio: Company, page: str) -> None:
    stranger = signed_in(a_company("Nightingale Bakery", "bakery"))

    assert stranger.get(page).status_code == 404
    assert stranger.post(page).status_code in (404, 405)  # 405: a page that nobody can send anything to


def test_a_person_who_was_made_inactive_is_out(studio: Company) -> None:
    user = joined(a_person("gone"), studio, Role.ADMINISTRATOR)
    client = client_of(user)
    user.is_active = False
    user.save()

    assert client.get("/admin/mapping/product/").status_code == 302


# What they may open --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
def test_every_entry_of_the_menu_opens_and_is_marked_on_its_page(studio: Company, role: str) -> None:
    client = signed_in(studio, role)

    entries = menu_of(client)

    assert {title: client.get(address).status_code for title, address in entries.items()} == dict.fromkeys(entries, 200)
    assert {address: open_entry(client, address) for address in entries.values()} == {
        address: [address] for address in entries.values()
    }


@pytest.mark.parametrize("role", ["accountant", "ops", "auditor"])
def test_the_menu_holds_what_the_role_can_open(studio: Company, role: str) -> None:
    entries = menu_of(signed_in(studio, role))

    assert ("Import orders" in entries) is (role != "auditor")
    assert {"Home", "Documents", "Issues", "Orders", "Sync history"} <= set(entries)
    assert {"Products", "Line types", "Posting accounts", "Customers", "Users", "History"} <= set(entries)
    assert "Logins" not in entries


@pytest.mark.criterion("A28")
def test_the_menu_stands_on_every_screen(studio: Company) -> None:
    client = signed_in(studio)

    assert menu_of(client, "/mapping/studio/line-types/") == menu_of(client)


def test_a_superuser_also_has_companies_and_logins(studio: Company) -> None:
    entries = menu_of(client_of(User.objects.create_superuser("root")))

    assert (entries["Companies"], entries["Logins"]) == ("/admin/companies/company/", "/admin/auth/user/")


def test_before_the_first_company_a_superuser_makes_it() -> None:
    root = client_of(User.objects.create_superuser("root"))

    assert root.get("/admin/").headers["Location"] == "/admin/companies/company/add/"
    assert root.get("/admin/companies/company/add/").status_code == 200


def test_the_start_of_the_admin_leads_home_and_its_search_is_closed(studio: Company) -> None:
    client = signed_in(studio)

    assert client.get("/admin/").headers["Location"] == "/studio/"
    assert client.get("/admin/mapping/").headers["Location"] == "/admin/mapping/product/"
    assert client.get("/admin/search/?s=product").status_code == 404


# Working in another company ------------------------------------------------------------------------------------------


@pytest.fixture
def both(studio: Company) -> Client:
    """Someone with a role in two companies, working in the studio."""
    user = joined(
        joined(a_person("both"), studio, Role.ACCOUNTANT), the_studio("Nightingale Bakery", "bakery"), "auditor"
    )
    client = client_of(user)
    client.post("/mapping/choose-company/", {"company": "studio"})
    return client


def change_to(client: Client, company: str, page: str = "") -> Any:
    return client.post("/mapping/choose-company/", {"company": company, "next": page})


def test_the_menu_lists_the_persons_companies_and_no_others(both: Client) -> None:
    a_company("Secret Industries", "secret")

    body = both.get("/admin/mapping/product/").content.decode()

    assert re.findall(r'<option\s+value="([^"]+)"( selected)?>', body)[:2] == [("studio", " selected"), ("bakery", "")]
    assert "Secret" not in body


@pytest.mark.parametrize(
    ("page", "lands"),
    [
        ("/mapping/studio/line-types/", "/mapping/bakery/line-types/"),
        ("/mapping/studio/line-types/?tax-item_name_default=X", "/mapping/bakery/line-types/"),
        ("/admin/mapping/product/", "/admin/mapping/product/"),
        ("/admin/mapping/product/1/change/", "/bakery/"),
        ("/studio/documents/", "/bakery/documents/"),
        ("https://elsewhere.example.com/mapping/studio/line-types/", "/bakery/"),
        ("//elsewhere.example.com/", "/bakery/"),
        ("/no/such/screen/at/all/", "/bakery/"),
        ("", "/bakery/"),
    ],
)
def test_the_same_screen_of_the_other_company_opens(both: Client, page: str, lands: str) -> None:
    answer = change_to(both, "bakery", page)

    assert answer.headers["Location"] == lands
    assert Company.objects.get(slug=both.session["company"]).name == "Nightingale Bakery"


def test_a_company_of_others_cannot_be_chosen(both: Client) -> None:
    a_company("Secret Industries", "secret")

    assert change_to(both, "secret").status_code == 404
    assert change_to(both, "no-such").status_code == 404
    assert both.get("/mapping/choose-company/").status_code == 405
    assert both.session["company"] == "studio"


def test_rights_follow_the_company_that_is_open(both: Client) -> None:
    change_to(both, "bakery")

    assert both.get("/mapping/bakery/products/import/").status_code == 403
    assert both.get("/mapping/studio/products/import/").status_code == 200
    product = Product.objects.create(
        company=Company.objects.get(slug="studio"), system="keap", source_key="1", name="A"
    )
    address = f"/admin/mapping/product/{product.pk}/change/"
    both.post(address, {"quickbooks_product_name": "Raku Weekend"})
    product.refresh_from_db()
    assert product.quickbooks_product_name == "Raku Weekend"
    change_to(both, "bakery")
    assert both.get(address).status_code == 302


def test_a_firm_with_very_many_companies_gets_a_list_with_a_search() -> None:
    many = (Company(name=f"Client {number:03}", slug=f"client-{number}") for number in range(250))
    Company.objects.bulk_create(many)
    client = client_of(User.objects.create_superuser("root"))

    page = client.get("/admin/companies/company/", {"q": "Client 249"})

    assert "All companies" in text_of(page)
    assert [row.slug for row in page.context["cl"].result_list] == ["client-249"]


# QuickBooks' lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", LISTS)
def test_every_role_reads_the_lists_and_nobody_changes_them(studio: Company, role: str, name: str) -> None:
    client = signed_in(studio, role)
    model: Any = {
        "quickbooksaccount": QuickBooksAccount,
        "quickbooksitem": QuickBooksItem,
        "quickbookscustomer": QuickBooksCustomer,
        "quickbooksterm": QuickBooksTerm,
    }[name]
    row = model.objects.first()
    at = f"/admin/mapping/{name}/"

    assert client.get(at).status_code == client.get(f"{at}{row.pk}/change/").status_code == 200
    assert client.get(f"{at}add/").status_code == 403
    assert client.post(f"{at}{row.pk}/change/", {"name": "Taken over"}).status_code == 403
    assert client.post(f"{at}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(at, {"action": "delete_selected", "_selected_action": [row.pk]}).status_code in (200, 302, 403)
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("page", "query", "names"),
    [
        ("quickbooksaccount", {"q": "classes"}, {"Services:Training:Classes"}),
        ("quickbooksaccount", {"type": "Bank"}, {"Checking", "Savings"}),
        ("quickbooksaccount", {"active": "no"}, {"Memberships"}),
        ("quickbooksitem", {"q": "kit-mug"}, {"Crème Brûlée Mug Kit"}),
        ("quickbooksitem", {"type": "Category"}, set()),
        ("quickbookscustomer", {"q": "okafor@"}, {"Chidi Okafor", "Ngozi Okafor"}),
        ("quickbooksterm", {"q": "net"}, {"Net 15"}),
    ],
)
def test_the_lists_are_searched_and_filtered(
    studio: Company, page: str, query: dict[str, str], names: set[str]
) -> None:
    QuickBooksAccount.objects.filter(company=studio, full_name="Memberships").update(active=False)
    the_studio("Nightingale Bakery", "bakery")

    rows = signed_in(studio).get(f"/admin/mapping/{page}/", query).context["cl"].result_list

    assert {str(row) for row in rows} == names


def test_an_item_is_shown_with_its_income_account_and_a_customer_with_their_terms(studio: Company) -> None:
    QuickBooksCustomer.objects.filter(display_name="Priya Natarajan").update(terms_id="2")
    client = signed_in(studio)

    assert "Services:Training:Classes" in text_of(client.get("/admin/mapping/quickbooksitem/", {"q": "WT-101"}))
    assert "Net 15" in text_of(client.get("/admin/mapping/quickbookscustomer/", {"q": "priya"}))
