"""How are the addresses of customers read and changed in QuickBooks Online? Sparsely: all else of a customer stays.

An address is replaced as a whole, so that no line of the old one is left in the new one. The country is kept where the
order names none: most sources leave out their own.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/customer
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from books.customer_addresses import AddressPart
from books.documents import NewCustomer
from books.orders import Address
from books.outcomes import Exchange, Outcome, Refused, TryLater, Unknown
from books.translation import gettext_noop
from sync.pushing.address_book import AddressAnswer, AddressChange, AddressWriting, CustomerThere
from sync.quickbooks_online import wire
from sync.quickbooks_online.batch import item_replies, of_the_whole
from sync.quickbooks_online.faults import UNREADABLE, InTheWay, faults_of, verdict_on
from sync.quickbooks_online.gateway import Answer, Gateway
from sync.quickbooks_online.json_values import Json, address, written
from sync.quickbooks_online.login import ConnectionLogin
from sync.quickbooks_online.session import Reply

_FIELDS = {AddressPart.BILLING: "BillAddr", AddressPart.SHIPPING: "ShipAddr"}
#: The fields of an address that people write, in the order in which they read it.
_LINES = ("Line1", "Line2", "Line3", "Line4", "Line5", "City", "CountrySubDivisionCode", "PostalCode", "Country")
_STALE = "5010"
_READ_REFUSED = gettext_noop("QuickBooks rejected the request to read the customer.")
_READ_AGAIN = gettext_noop(
    "Someone else changed the customer in QuickBooks in the meantime, so it is read again first."
)

Rows = tuple[list[dict[str, Any]], Exchange]


class OfCompany(Protocol):
    """Whose customers they are."""

    gateway: Gateway
    login: ConnectionLogin

    def ask(self, entity: str, query: str) -> Rows | Refused | TryLater | Unknown:
        """Ask for rows; every failure is a value."""

    def noted(self, outcome: TryLater | Unknown) -> TryLater | Unknown:
        """The same outcome; where the login has ended, its connection says so from now on."""


class OnlineAddressBook:
    """The customers of one company of QuickBooks Online."""

    def __init__(self, books: OfCompany) -> None:
        """Ask nothing yet."""
        self._books = books

    def read(self, ids: Sequence[str]) -> Mapping[str, CustomerThere] | TryLater | Unknown:
        """The customers of these ids, inactive ones too, in one request."""
        wanted = ", ".join(map(wire.literal, ids))
        query = f"SELECT * FROM Customer WHERE Id IN ({wanted}) AND Active IN (true, false)"
        answer = self._books.ask("Customer", query)
        if isinstance(answer, Refused):
            return Unknown(reason=_READ_REFUSED, exchange=answer.exchange)
        if isinstance(answer, TryLater | Unknown):
            return answer
        found = [customer for row in answer[0] if (customer := customer_in(row))]
        return {customer.quickbooks_id: customer for customer in found}

    def change(self, there: CustomerThere, wanted: Mapping[AddressPart, Address]) -> AddressChange | None:
        """The exact bytes that give a customer these addresses and leave all else; None where they have them."""
        after = {part: _after(there.addresses.get(part, {}), postal) for part, postal in wanted.items()}
        changed = {part: lines for part, lines in after.items() if not _same(there.addresses.get(part, {}), lines)}
        if not changed:
            return None
        told: Json = {"Id": there.quickbooks_id, "SyncToken": there.sync_token, "sparse": True}
        for part, lines in changed.items():
            emptied = dict.fromkeys(there.addresses.get(part, {}), "")
            told[_FIELDS[part]] = emptied | dict(lines)
        return AddressChange(body=written(told), after=changed)

    def write(self, writings: Sequence[AddressWriting], *, batch_id: str = "") -> list[AddressAnswer]:
        """Send changes in one request and wait for its answer, in the order given."""
        if stopped := self._books.login.stopped():
            return [AddressAnswer(outcome=stopped) for _ in writings]
        if not batch_id:
            (writing,) = writings
            sent = self._books.gateway.write("Customer", writing.body, request_id=writing.request_id)
            return [self._judged(sent)]
        sent = self._books.gateway.batch(render_updates(writings), request_id=batch_id)
        if whole := of_the_whole(sent):
            return [AddressAnswer(outcome=self._books.noted(whole)) for _ in writings]
        assert isinstance(sent, Reply)
        replies, unheard = item_replies(sent), Unknown(reason=UNREADABLE, exchange=sent.exchange)
        return [self._judged(replies.get(writing.batch_item, unheard)) for writing in writings]

    def _judged(self, answer: Answer) -> AddressAnswer:
        """What an answer to one change comes to."""
        if not isinstance(answer, Reply):
            return AddressAnswer(outcome=self._books.noted(answer))
        if _STALE in {fault.code for fault in faults_of(answer) or []}:
            stale = TryLater(reason=_READ_AGAIN, wait=0, stale=True, exchange=answer.exchange)
            return AddressAnswer(outcome=stale)
        verdict = verdict_on(answer)
        if isinstance(verdict, Refused | InTheWay):
            refused = verdict.refused if isinstance(verdict, InTheWay) else verdict
            return AddressAnswer(outcome=refused)
        if verdict:
            return AddressAnswer(outcome=self._books.noted(verdict))
        return self._accepted(answer)

    def _accepted(self, answer: Reply) -> AddressAnswer:
        try:
            outcome: Outcome = wire.read_accepted(NewCustomer.kind, answer.json, exchange=answer.exchange)
        except wire.Unreadable:
            return AddressAnswer(outcome=Unknown(reason=UNREADABLE, exchange=answer.exchange))
        entity = answer.json.get("Customer") if isinstance(answer.json, dict) else None
        return AddressAnswer(outcome=outcome, there=customer_in(entity))


def customer_in(entity: object) -> CustomerThere | None:
    """A customer as QuickBooks shows them; None where it is none."""
    if not isinstance(entity, dict) or not entity.get("Id"):
        return None
    return CustomerThere(
        quickbooks_id=str(entity["Id"]),
        name=str(entity.get("DisplayName") or ""),
        sync_token=str(entity.get("SyncToken", "")),
        active=entity.get("Active") is not False,
        addresses={part: _lines(entity.get(name)) for part, name in _FIELDS.items()},
    )


def render_updates(writings: Sequence[AddressWriting]) -> bytes:
    """The body of a batch: exactly the committed bytes of each change, in the order given."""
    items = (
        b'{"bId":"%s","operation":"update","Customer":%s}' % (writing.batch_item.encode(), writing.body)
        for writing in writings
    )
    return b'{"BatchItemRequest":[%s]}' % b",".join(items)


def _lines(postal: object) -> dict[str, str]:
    if not isinstance(postal, dict):
        return {}
    return {name: text for name in _LINES if (text := str(postal.get(name) or "").strip())}


def _after(there: Mapping[str, str], wanted: Address) -> dict[str, str]:
    """The fields of an address after it was replaced by the order's."""
    new = {name: text.strip() for name, text in address("told", wanted).get("told", {}).items() if text.strip()}
    if "Country" not in new and "Country" in there:
        new["Country"] = there["Country"]
    return {name: new[name] for name in _LINES if name in new}


def _same(there: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether two addresses say the same; letter case and blanks are nothing to write for."""
    return _compared(there) == _compared(after)


def _compared(lines: Mapping[str, str]) -> dict[str, str]:
    return {name: " ".join(text.split()).casefold() for name, text in lines.items()}
