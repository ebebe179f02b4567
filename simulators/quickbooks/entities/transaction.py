"""What do all transactions have in common? A day, a number, postings; they can be deleted, and some can be voided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from .. import refusals
from ..fields import Day, Field, Found, Record, Text, ignored
from ..ledger import Entry, Posting
from .base import COMMON, Entity, column, key_of
from .exchange import RATE, check_account_currency, rate_of, show_in_home
from .inventory import revalue, stock_keys

if TYPE_CHECKING:
    from ..books import Books

SALES_FORMS = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
MONEY_GOES_TO = ("Bank", "Other Current Asset")
VOIDED = "Voided"

TRANSACTION: dict[str, Field] = {
    **COMMON,
    "TxnDate": Field(kind=Day()),
    "DocNumber": Field(kind=Text(most=21)),
    "PrivateNote": Field(kind=Text(most=4000)),
    "ExchangeRate": RATE,
    **ignored(
        *("TotalAmt", "HomeTotalAmt", "TxnStatus", "TxnSource", "DepartmentRef", "RecurDataRef"),
        *("TaxFormType", "TaxFormNum", "TransactionLocationType", "Tag", "TxnApprovalInfo", "ProjectRef"),
        *("GlobalTaxCalculation", "TxnTaxDetail"),
    ),
}

TRANSACTION_COLUMNS = {
    "TxnDate": column("day", "TxnDate", index="TxnDate"),
    "TotalAmt": column("number", "TotalAmt"),
    "PrivateNote": column("text", "PrivateNote", filterable=False),
}
NUMBERED_COLUMNS = {**TRANSACTION_COLUMNS, "DocNumber": column("text", "DocNumber", index="DocNumber")}
TRANSACTION_INDEXES = {"TxnDate": key_of("TxnDate")}
NUMBERED_INDEXES = {**TRANSACTION_INDEXES, "DocNumber": key_of("DocNumber")}


class Transaction(Entity):
    """A document of the books."""

    counter = "txn"
    operations = frozenset({"create", "update", "delete", "void"})
    is_list = False
    numbered_with: ClassVar[tuple[str, ...]] = ()
    """The forms among which a number may be used once; empty for a form without numbers."""

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        draft.setdefault("TxnDate", books.today.isoformat())
        books.check_open(draft["TxnDate"], old["TxnDate"] if old else None)
        if old is not None:
            self.refuse_if_deposited(books, old)
        self.settle(books, draft, old)
        if self.numbered_with:
            self._number(books, draft, old, switches)

    def settle(self, books: Books, draft: Record, old: Record | None) -> None:
        """The rules and sums of one form."""

    def postings(self, books: Books, record: Record) -> list[Posting]:
        """What the record debits and credits; must sum to zero."""
        raise NotImplementedError

    def kept(self, books: Books, record: Record, old: Record | None) -> None:
        self.post(books, record)
        self.relink(books, record, old)
        if old is not None and rate_of(old) != rate_of(record):
            self.rate_changed(books, record)
        self.restock(books, record, old)

    def rate_changed(self, books: Books, record: Record) -> None:
        """Post again what follows from this form's exchange rate."""

    def restock(self, books: Books, record: Record | None, old: Record | None) -> None:
        """Walk through the inventory items that this change moved."""
        for item in dict.fromkeys([*stock_keys(record or {}), *stock_keys(old or {})]):
            revalue(books, item)

    def post(self, books: Books, record: Record) -> None:
        """Put the record's postings into the ledger, in the place of its former ones."""
        posted = tuple(posting for posting in self.postings(books, record) if posting.amount or posting.own)
        number = record.get("DocNumber") or record.get("PaymentRefNum") or ""
        entry = Entry(self.name, record["Id"], record["TxnDate"], number, posted) if posted else None
        books.store.post(self.name, record["Id"], entry)

    def relink(self, books: Books, record: Record | None, old: Record | None) -> None:
        """Change the other side of links that this change made, altered or removed."""

    def refuse_if_deposited(self, books: Books, record: Record) -> None:
        """6540 while a bank deposit holds the transaction."""
        if deposits_of(books, self.name, record["Id"]):
            raise refusals.coded(
                6540,
                "Deposited Transaction cannot be changed",
                "This transaction has been deposited. If you want to change or delete it, you must edit the deposit "
                "it appears on and remove it first",
            )

    # Numbers

    def _number(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        if "DocNumber" not in draft and self.numbers_itself(books):
            draft["DocNumber"] = old["DocNumber"] if old and "DocNumber" in old else self._next_number(books)
        number = draft.get("DocNumber")
        if number is None or (old is not None and old.get("DocNumber") == number):
            return
        if self.warns_of_duplicates(books) and "allowduplicatedocnum" not in switches:
            self._refuse_duplicate_number(books, number)
        if number.isdecimal():
            books.store.set(self._counter(), int(number))

    def _counter(self) -> str:
        return "last_number" if self.name in SALES_FORMS else f"last_number_{self.name}"

    def numbers_itself(self, books: Books) -> bool:
        """Whether QuickBooks gives a number to a form that has none."""
        return not books.preferences["SalesFormsPrefs"]["CustomTxnNumbers"]

    def warns_of_duplicates(self, books: Books) -> bool:
        """Whether a number that is taken is refused: custom numbers and the warning must both be on."""
        own = books.preferences["SalesFormsPrefs"]["CustomTxnNumbers"]
        return bool(own and books.store.settings["warn_duplicate_numbers"])

    def _next_number(self, books: Books) -> str:
        number = int(books.store.settings.get(self._counter(), 1000 if self.name in SALES_FORMS else 0)) + 1
        while any(books.store.tables[form].ids("DocNumber", str(number)) for form in self.numbered_with):
            number += 1
        return str(number)

    def _refuse_duplicate_number(self, books: Books, number: str) -> None:
        one_form = books.options.document_number_scope == "form"
        for form in (self.name,) if one_form else self.numbered_with:
            for holder in books.store.tables[form].ids("DocNumber", number.lower()):
                raise refusals.duplicate_number(number, books.entities[form].label, holder)

    # Deleting and voiding

    def removable(self, books: Books, body: Any) -> Record:
        """The record that a delete or a void names, checked."""
        given = self.shape.read(body, "", Found()) or {}
        identifier = given.get("Id")
        if identifier is None:
            raise refusals.missing("Id")
        record = self.current(books, identifier, given.get("SyncToken"))
        books.check_open(record["TxnDate"])
        self.refuse_if_deposited(books, record)
        return record

    def delete(self, books: Books, body: Any) -> Record:
        """Take the transaction out of the books; what it was linked to is as if it had never been."""
        self.allow(books, "delete")
        return self.remove(books, self.removable(books, body))

    def remove(self, books: Books, record: Record) -> Record:
        """Take a record out, without asking whether that is allowed."""
        self.unlink(books, record)
        books.store.put(self.name, None, record["Id"])
        books.store.bury(self.name, record["Id"], books.clock.stamp())
        books.store.post(self.name, record["Id"], None)
        self.relink(books, None, record)
        self.restock(books, None, record)
        return {"domain": "QBO", "status": "Deleted", "Id": record["Id"]}

    def unlink(self, books: Books, record: Record) -> None:
        """Free other transactions that are applied to this one."""

    def void(self, books: Books, body: Any) -> Record:
        """Bring every amount to zero and keep the transaction."""
        self.allow(books, "void")
        record = self.removable(books, body)
        self.unlink(books, record)
        record = books.named(self.name, record["Id"])
        note = record.get("PrivateNote", "")
        if note == VOIDED or note.startswith(f"{VOIDED} - "):
            return record
        emptied = self.emptied(dict(record))
        emptied["PrivateNote"] = f"{VOIDED} - {note}" if note else VOIDED
        kept = self.keep(books, emptied, record)
        books.store.note(self.name, kept["Id"], "Void")
        return kept

    def emptied(self, record: Record) -> Record:
        """The record with every amount at zero."""
        raise NotImplementedError

    def show(self, record: Record, books: Books) -> Record:
        shown = super().show(record, books)
        show_in_home(shown, record, books)
        deposits = deposits_of(books, self.name, record["Id"])
        if deposits:
            shown.setdefault("LinkedTxn", []).extend({"TxnId": deposit, "TxnType": "Deposit"} for deposit in deposits)
        return shown


def deposits_of(books: Books, kind: str, identifier: str) -> list[str]:
    """The bank deposits that hold a transaction."""
    table = books.store.tables.get("Deposit")
    return list(table.ids("LinkedTxn", f"{kind}:{identifier}")) if table else []


def check_money_account(books: Books, draft: Record, field: str) -> str:
    """The account that money goes to or leaves: bank or other current asset, undeposited funds when none is given."""
    identifier = draft.get(field)
    if identifier is None:
        return str(books.account_of_sub_type("UndepositedFunds")["Id"])
    account = books.named("Account", identifier)
    if account["AccountType"] not in MONEY_GOES_TO:
        raise wrong_account(field, account)
    check_account_currency(books, draft, account)
    return str(identifier)


def refuse_owed(account: Record) -> None:
    """Refuse a line on what customers owe or vendors are owed where the line cannot say whose."""
    if account["AccountType"] in ("Accounts Receivable", "Accounts Payable"):
        raise refusals.business(f"A line of this form cannot be on {account['FullyQualifiedName']} in this company.")


def wrong_account(field: str, account: Record) -> refusals.Refused:
    """6430: an account of a type that this field does not take."""
    return refusals.coded(
        6430,
        "Invalid account type",
        f"Invalid account type used : {field} cannot be an account of the type {account['AccountType']}.",
        field,
    )
