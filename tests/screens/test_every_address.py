"""Does every address of every room ask who comes? Found from the resolver, so that a new one cannot be forgotten.

What a button does for whom is tested beside it; here is the door: nobody without a login, no stranger, no role
without the right, and an auditor who can send whatever they like and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver

from companies.access import RIGHTS, Right
from companies.models import Company, Role
from mapping.models import Product
from sync.models import LiveSource
from tests.factories import a_company, document_of, order_of, prepared, the_studio
from tests.mapping.people import a_person, client_of, joined
from tests.reconciliation.factories import an_unmapped_product

pytestmark = pytest.mark.django_db

#: Who is not signed in gets in here, and nowhere else.
OPEN = {
    "/login/",
    "/admin/login/",
    "/healthz",
    "/language/",
    "/sync/webhooks/highlevel/",
    "/sync/webhooks/keap/x/",
    "/sync/webhooks/quickbooks/",
}
#: For signed-in people without any company too, and about nobody's books.
OF_NO_COMPANY = {"mapping:choose_company", "reconciliation:start", "sync:quickbooks_callback",
                 "reconciliation:live_callback", "reconciliation:live_place", "sync:status", "sync:highlevel_webhook",
                 "sync:keap_webhook", "sync:quickbooks_webhook",
                 "set_language", "logout", "login", "healthz"}  # fmt: skip

#: The session, and which products have to be looked at (docs/decisions/0091): nothing that a person decided.
KEPT_TO_BE_FASTER = ("django_session", "mapping_undecidedproduct")

#: The right to send something, by screen. A screen that is not listed takes GET alone.
TO_SEND = {
    "mapping:copy": Right.MAP,
    "mapping:transaction_types": Right.MAP,
    "mapping:customer_rules": Right.MAP,
    "mapping:item_rules": Right.MAP,
    "mapping:document_events": Right.MAP,
    "mapping:line_types": Right.MAP,
    "reconciliation:import_items": Right.RESOLVE,
    "reconciliation:match_items": Right.RESOLVE,
    "mapping:posting_accounts": Right.MAP,
    "mapping:products_import": Right.MAP,
    "mapping:products_table": Right.MAP,
    "mapping:history_restore": Right.MAP,
    "setup:activation": Right.RESOLVE,
    "setup:help_page": Right.RESOLVE,
    "reconciliation:tie_outs": Right.RESOLVE,
    "reconciliation:clearings": Right.RESOLVE,
    "reconciliation:clearing": Right.RESOLVE,
    "reconciliation:adoptions": Right.RESOLVE,
    "reconciliation:adoption": Right.RESOLVE,
    "reconciliation:cleanups": Right.RESOLVE,
    "reconciliation:document_not_ours": Right.RESOLVE,
    "reconciliation:tie_out_decide": Right.RESOLVE,
    "reconciliation:tie_out_stop": Right.RESOLVE,
    "reconciliation:tie_out_sign": Right.SIGN,
    "reconciliation:tie_out_withdraw": Right.SIGN,
    "reconciliation:tie_out_evidence": Right.SIGN,
    "reconciliation:previews": Right.RESOLVE,
    "reconciliation:preview_send": Right.RESOLVE,
    "reconciliation:preview_approve": Right.SIGN,
    "reconciliation:preview_decline": Right.SIGN,
    "reconciliation:undos": Right.SIGN,
    "reconciliation:undo_start": Right.SIGN,
    "reconciliation:undo_stop": Right.SIGN,
    "reconciliation:undo_go_on": Right.SIGN,
    "reconciliation:undo_post_again": Right.SIGN,
    "reconciliation:desktop_file_acknowledge": Right.RESOLVE,
    "reconciliation:desktop_file_errors": Right.RESOLVE,
    "reconciliation:desktop_file_download": Right.RESOLVE,
    "reconciliation:desktop_file_repeat": Right.RESOLVE,
    "reconciliation:desktop_file_report": Right.RESOLVE,
    "reconciliation:desktop_file_reverse": Right.RESOLVE,
    "reconciliation:desktop_file_withdraw": Right.RESOLVE,
    "reconciliation:desktop_export": Right.RESOLVE,
    "reconciliation:desktop_lists": Right.RESOLVE,
    "reconciliation:document_again": Right.RESOLVE,
    "reconciliation:document_restore": Right.RESOLVE,
    "reconciliation:integrations_connect": Right.ADMINISTER,
    "reconciliation:connect_live": Right.ADMINISTER,
    "reconciliation:source_items": Right.MAP,
    "reconciliation:source_customers": Right.MAP,
    "reconciliation:source_login": Right.ADMINISTER,
    "reconciliation:source_contacts_again": Right.MAP,
    "reconciliation:source_contacts_file": Right.MAP,
    "reconciliation:source_crm": Right.MAP,
    "reconciliation:source_pause": Right.RESOLVE,
    "reconciliation:source_review": Right.RESOLVE,
    "reconciliation:source_reviews_switch": Right.MAP,
    "reconciliation:source_read": Right.RESOLVE,
    "reconciliation:source_start": Right.RESOLVE,
    "reconciliation:source_again": Right.RESOLVE,
    "reconciliation:source_leave": Right.RESOLVE,
    "reconciliation:source_quiet": Right.RESOLVE,
    "reconciliation:issue_fix": Right.RESOLVE,
    "reconciliation:desktop_check": Right.VIEW,
    "reconciliation:customer_decisions": Right.RESOLVE,
    "reconciliation:match_customers": Right.RESOLVE,
    "reconciliation:match_customers_sheet": Right.RESOLVE,
    "reconciliation:match_several": Right.RESOLVE,
    "reconciliation:new_items": Right.MAP,
    "reconciliation:order_statuses": Right.MAP,
    "reconciliation:resync": Right.RESOLVE,
    "reconciliation:source": Right.MAP,
    "reconciliation:choose_columns": Right.RESOLVE,
    "reconciliation:source_columns": Right.RESOLVE,
    "reconciliation:source_connect": Right.ADMINISTER,
    "reconciliation:source_disconnect": Right.ADMINISTER,
    "reconciliation:sync_run_advance": Right.RESOLVE,
    "reconciliation:sync_run_again": Right.RESOLVE,
    "reconciliation:sync_run_stop": Right.RESOLVE,
    "setup:go_live": Right.ADMINISTER,
    "setup:go_on": Right.MAP,
    "setup:introduction": Right.RESOLVE,
    "reconciliation:import_orders": Right.RESOLVE,
    "setup:rehearsal_leave_out": Right.ADMINISTER,
    "setup:rehearsal_make": Right.ADMINISTER,
    "reconciliation:what_if": Right.MAP,
    "reconciliation:what_if_product": Right.MAP,
    "sync:quickbooks_confirm_missing": Right.RESOLVE,
    "sync:quickbooks_connect": Right.ADMINISTER,
    "sync:quickbooks_disconnect": Right.ADMINISTER,
    "sync:quickbooks_own_rule": Right.ADMINISTER,
    "sync:quickbooks_refresh": Right.RESOLVE,
}
#: The right to open a page, where reading the company is not enough.
TO_OPEN = {
    "mapping:copy": Right.MAP,
    "mapping:products_import": Right.MAP,
    "mapping:products_table": Right.MAP,
    "mapping:history_restore": Right.MAP,
    "reconciliation:match_customers_sheet": Right.RESOLVE,
    "reconciliation:match_several": Right.RESOLVE,
    "reconciliation:new_items": Right.MAP,
    "reconciliation:tie_out_decide": Right.RESOLVE,
    "setup:go_live": Right.ADMINISTER,
    "reconciliation:choose_columns": Right.RESOLVE,
    "reconciliation:import_items": Right.RESOLVE,
    "reconciliation:import_orders": Right.RESOLVE,
    "reconciliation:connect_live": Right.ADMINISTER,
    "reconciliation:integrations_connect": Right.ADMINISTER,
    "reconciliation:source_login": Right.ADMINISTER,
    "reconciliation:source_disconnect": Right.ADMINISTER,
    "reconciliation:what_if": Right.MAP,
    "reconciliation:what_if_product": Right.MAP,
    "sync:quickbooks_disconnect": Right.ADMINISTER,
}
#: In the admin: the right to add, change and delete, by kind of row. What is not listed nobody writes but superusers.
IN_THE_ADMIN = {
    "companies_company": (None, Right.ADMINISTER, None),
    "mapping_desktopsettings": (Right.MAP, Right.MAP, None),
    "companies_membership": (Right.ADMINISTER, Right.ADMINISTER, Right.ADMINISTER),
    "mapping_product": (None, Right.MAP, Right.MAP),
    "mapping_sourcecustomer": (None, Right.RESOLVE, None),
}


def addresses() -> list[tuple[str, str]]:
    """Name and pattern of every address that the resolver knows, the static ones of a middleware aside."""

    def walk(patterns: Sequence[Any], prefix: str, space: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, route, inner)
            else:
                yield f"{space}{pattern.name or ''}", route

    return list(walk(get_resolver().url_patterns, "/", ""))


OF_A_COMPANY = {name: route for name, route in addresses() if "<slug:company>" in route}
OF_THE_ADMIN = [(name, route) for name, route in addresses() if route.startswith("/admin/")]


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    LiveSource.objects.create(connection=company.connections.get(system="keap"), starts_on=date(2026, 8, 1))
    return company


def filled(route: str, company: Company) -> str:
    """The pattern with values that exist, as far as the company has them."""
    if "/issues/<" in route:
        row = an_unmapped_product(company, "2001").pk
    elif "/documents/<" in route:
        row = document_of(company, "1042").pk
    elif "/orders/<" in route:
        row = order_of(company, "1042").pk
    else:
        row = Product.objects.filter(company=company).values_list("pk", flat=True)[0]
    values = {
        "company": company.slug,
        "pk": row,
        "number": 1,
        "object_id": row,
        "id": row,
        "content_type_id": 1,
        "doubted": 1,
    }
    words = {"what": "items", "page": "line-types", "name": "ignore", "step": "line-types", "kind": "product"}
    words |= {"system": "keap", "vendor": "keap"}
    route = re.sub(r"\^\(\?P<app_label>.*?\)/\$", "mapping/", route).replace("(?P<url>.*)$", "nothing")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str({**values, **words}.get(part[1], "x")), route)


def written_by(client: Client, address: str) -> tuple[int, list[str]]:
    """The status of an empty POST, and every statement in it that writes anything but what is kept to be faster."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        status = client.post(address).status_code
    writes = [query["sql"] for query in queries if re.match(r"INSERT|UPDATE|DELETE", query["sql"])]
    return status, [sql for sql in writes if not any(table in sql for table in KEPT_TO_BE_FASTER)]


# The tables are whole ------------------------------------------------------------------------------------------------


@pytest.mark.same_on_either
def test_the_tables_name_no_address_that_is_gone_and_every_address_belongs_to_a_company_or_to_none() -> None:
    names = {name for name, route in addresses() if not route.startswith("/admin/")}

    assert names == {*OF_A_COMPANY, *OF_NO_COMPANY}
    assert {*TO_SEND, *TO_OPEN} <= set(OF_A_COMPANY)
    assert {f"admin:{kind}_changelist" for kind in IN_THE_ADMIN} <= {name for name, _route in OF_THE_ADMIN}


# Nobody and strangers ------------------------------------------------------------------------------------------------


@pytest.mark.same_on_either
def test_without_a_login_every_address_leads_to_the_login(studio: Company) -> None:
    for _name, route in addresses():
        address = filled(route, studio)
        for answer in (Client().get(address), Client().post(address)):
            if address in OPEN:
                continue
            assert answer.status_code in (302, 405), (address, answer.status_code)
            assert answer.status_code == 405 or answer.headers["Location"].startswith(("/login/", "/admin/login/")), (
                address
            )


@pytest.mark.same_on_either
def test_to_a_stranger_no_address_of_the_company_exists_and_none_writes(studio: Company) -> None:
    stranger = client_of(joined(a_person("stranger"), a_company("Lindqvist Pottery", "lindqvist"), Role.ADMINISTRATOR))

    for route in OF_A_COMPANY.values():
        address = filled(route, studio)
        with CaptureQueriesContext(connection) as queries:
            statuses = {stranger.get(address).status_code, stranger.post(address).status_code}
        assert statuses <= {404, 405}, (address, statuses)
        assert not [sql for query in queries if re.match("INSERT|UPDATE|DELETE", sql := query["sql"])], address


@pytest.mark.same_on_either
def test_no_page_of_the_admin_shows_a_stranger_anything_of_the_company(studio: Company) -> None:
    stranger = client_of(joined(a_person("stranger"), a_company("Lindqvist Pottery", "lindqvist"), Role.ADMINISTRATOR))

    for _name, route in OF_THE_ADMIN:
        if route != "/admin/logout/":
            answer = stranger.get(filled(route, studio), follow=True)
            assert "Bramble" not in answer.content.decode(), route
            assert "Wheel Throwing" not in answer.content.decode(), route


# Members -------------------------------------------------------------------------------------------------------------


@pytest.mark.same_on_either
def test_an_auditor_writes_nothing_at_any_address(studio: Company) -> None:
    auditor = client_of(joined(a_person("audrey"), studio, Role.AUDITOR))

    for name, route in addresses():
        if not name.endswith("logout") and name != "set_language":
            status, writes = written_by(auditor, filled(route, studio))
            assert writes == [], (route, status)
            assert status < 500, route


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_the_pages_it_has_the_right_for_and_no_others(studio: Company, role: str) -> None:
    client = client_of(joined(a_person("member"), studio, role))

    answers = {name: client.get(filled(route, studio)).status_code for name, route in OF_A_COMPANY.items()}

    refused = {name for name, right in TO_OPEN.items() if right not in RIGHTS[role]}
    assert {name for name, status in answers.items() if status == 403} == refused
    assert {name: status for name, status in answers.items() if status >= 500} == {}


@pytest.mark.same_on_either
@pytest.mark.parametrize("role", Role.values)
def test_a_role_without_the_right_is_refused_whatever_it_sends(studio: Company, role: str) -> None:
    client = client_of(joined(a_person("member"), studio, role))

    for name, route in OF_A_COMPANY.items():
        right = TO_SEND.get(name)
        if right is None:
            refused = {405} | ({403} if TO_OPEN.get(name, Right.VIEW) not in RIGHTS[role] else set())
            assert client.post(filled(route, studio)).status_code in refused, f"{name} takes POST: name its right"
        elif right not in RIGHTS[role]:
            assert client.post(filled(route, studio)).status_code == 403, name


@pytest.mark.same_on_either
@pytest.mark.parametrize("role", Role.values)
def test_the_admin_lets_each_role_write_what_its_right_covers(studio: Company, role: str) -> None:
    client = client_of(joined(a_person("member"), studio, role))

    for name, route in OF_THE_ADMIN:
        kind, _, action = name.removeprefix("admin:").rpartition("_")
        if action not in ("add", "change", "delete") or kind == "password":
            continue
        rights = dict(zip(("add", "change", "delete"), IN_THE_ADMIN.get(kind, (None,) * 3), strict=True))
        right = rights[action]
        if right is None or right not in RIGHTS[role]:
            status, writes = written_by(client, filled(route, studio))
            assert (status in (302, 403, 404), writes) == (True, []), (name, status)


def test_a_superuser_comes_in_everywhere(studio: Company) -> None:
    root = client_of(User.objects.create_superuser("root"))

    answers = {name: root.get(filled(route, studio)).status_code for name, route in OF_A_COMPANY.items()}

    assert {name: status for name, status in answers.items() if status in (401, 403) or status >= 500} == {}
