"""What does generation 2 of the API answer? Lists in pages, a record by its id, the account's profile and user."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..common.http import Reply, Request
from .account import KeapAccount
from .answers import Answers, OrderRow
from .lists import rules_of
from .new_contacts import asked_of
from .paging import ListQuestion, Paging
from .refusals import KeapRefusal, bad_argument, not_found

#: A list's address below /rest/v2, and the table that it shows.
LISTS = {
    "orders": "orders",
    "sales/payments": "payments",
    "sales/transactions": "transactions",
    "products": "products",
    "contacts": "contacts",
    "subscriptions": "subscriptions",
}
#: The lists whose records have addresses of their own, with the word for one of them.
SINGLE = {"orders": "order", "products": "product", "contacts": "contact", "subscriptions": "subscription"}
_CONTACT_FIELDS = """
addresses anniversary_date birth_date company contact_type create_time custom_fields email_addresses family_name
fax_numbers given_name id job_title leadsource_id links middle_name notes origin owner_id phone_numbers
preferred_locale preferred_name prefix referral_code score_value social_accounts source_type spouse_name suffix
tag_ids time_zone update_time utm_parameters website account_id assistant_name assistant_phone
billing_information created_by groups last_updated_by
"""
CONTACT_FIELDS = frozenset(_CONTACT_FIELDS.split())


class Version2:
    """Answers the reads of v2 for one account."""

    def __init__(self, account: KeapAccount) -> None:
        self._account = account
        self._answers = Answers(account)
        self._rules = rules_of(account)
        self._paging = Paging(account.tenant_id.encode())

    def respond(self, request: Request, path: str) -> Reply:
        """The answer to a request for an address below /rest/v2.

        Raises:
            KeapRefusal: There is no such address or record, or the question makes no sense.
        """
        answer = self._answer_of(path)
        if path == "contacts" and request.method == "POST":
            return self._create_contact(request)
        if answer is None:
            raise KeapRefusal(404, f"There is nothing at /v2/{path}", domain="resource", resource=path)
        if request.method not in ("GET", "HEAD"):
            raise KeapRefusal(405, f"{request.method} is not offered at /v2/{path}", domain="method", resource=path)
        return Reply.of(answer(request))

    def _answer_of(self, path: str) -> Callable[[Request], Any] | None:
        match path.split("/"):
            case ["businessProfile"]:
                return lambda request: self.profile()
            case ["oauth", "connect", "userinfo"]:
                return lambda request: self.user()
            case ["orders", order_id, "payments"]:
                return lambda request: self._order_payments(request, order_id)
            case [name, identifier] if name in SINGLE:
                return lambda request: self._single(request, name, identifier)
        if path in LISTS:
            return lambda request: self._list(request, LISTS[path])
        return None

    def _list(self, request: Request, table: str) -> Any:
        records = self._account.store.table(table)
        return self._page(request, table, records.values, version=self._version(table))

    def _create_contact(self, request: Request) -> Reply:
        """A new contact; with a way to look for duplicates, the one that is there is changed."""
        asked = asked_of(request)
        same = next((row for row in self._account.store.contacts.values() if asked.is_same(row)), None)
        try:
            with self._account.writing():
                names = (asked.given_name, asked.family_name, asked.email)
                identifier = same.id if same else self._account.new_contact(*names, phone=asked.phone)
                self._account.edit_contact(identifier, **asked.fields)
        except ValueError as problem:
            raise bad_argument(str(problem)) from None
        return Reply.of(self._single(request, "contacts", identifier), status=200 if same else 201)

    def _version(self, table: str) -> object:
        """What a list depends on: whether an order is paid, on payments too."""
        versions = self._account.store.versions
        return (versions[table], versions["payments"] if table == "orders" else 0)

    def _order_payments(self, request: Request, order_id: str) -> Any:
        order = self._account.store.orders.get(order_id)
        if order is None:
            raise not_found("order", order_id)
        rows = [OrderRow(order, payment, part) for payment, part in self._account.parts_of(order)]
        return self._page(request, "order_payments", lambda: rows, version=object(), scope=order_id)

    def _page(
        self,
        request: Request,
        table: str,
        records: Callable[[], Iterable[Any]],
        *,
        version: object,
        scope: str = "",
    ) -> Any:
        rules, options = self._rules[table], self._account.options
        page = self._paging.page(
            rules,
            ListQuestion(query=request.query, scope=scope),
            records,
            version=version,
            by_key=options.paging == "key",
            default_size=options.default_page_size,
        )
        shown = [self._answers.show(table, record) for record in page.records]
        if table == "contacts":
            shown = [_chosen(request, contact) for contact in shown]
        return {rules.key: shown, **({"next_page_token": page.next_token} if page.next_token else {})}

    def _single(self, request: Request, table: str, identifier: str) -> Any:
        record = self._account.store.table(table).get(identifier)
        if record is None:
            raise not_found(SINGLE[table], identifier)
        shown = self._answers.show(table, record)
        return _chosen(request, shown) if table == "contacts" else shown

    def profile(self) -> dict[str, Any]:
        """The business the account belongs to."""
        settings = self._account.store.settings
        return {
            "name": settings["name"],
            "email": "hello@bramble-birch.example.com",
            "phone": "+1 303 555 0100",
            "time_zone": settings["zone"],
            "currency_code": settings["currency"],
            "language_tag": "en-US",
            "business_type": "Arts and crafts",
            "business_goals": [],
            "address": {
                "line1": "12 Kiln Lane",
                "locality": "Boulder",
                "region": "Colorado",
                "country_code": "USA",
                "postal_code": "80302",
            },
        }

    def user(self) -> dict[str, Any]:
        """Who connected, and to which account."""
        return {
            "email": "jordan.ellis@example.com",
            "sub": "101",
            "id": "101",
            "keap_id": "jordan.ellis@example.com",
            "given_name": "Jordan",
            "family_name": "Ellis",
            "is_admin": True,
            "tenant_id": self._account.tenant_id,
        }


def _chosen(request: Request, contact: dict[str, Any]) -> dict[str, Any]:
    """A contact with the fields that were asked for; all, when none were."""
    asked = {name.strip() for name in request.query.get("fields", "").split(",")} - {""}
    unknown = asked - CONTACT_FIELDS
    if unknown:
        raise bad_argument(f"A contact has no field {', '.join(sorted(unknown))}", resource="fields")
    return {name: value for name, value in contact.items() if not asked or name in asked or name == "id"}
