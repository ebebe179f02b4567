"""What does QuickBooks demand of a journal entry?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Amount, Choice, Currency, Field, Flag, Group, Many, Record, Ref, Shape, Text, Whole, ignored, shape
from ..ledger import NOTHING, Posting
from .base import Column
from .dimensions import CLASS_OF_LINE, LOCATION, drop_untracked
from .exchange import check_account_currency, in_home, settle_currency
from .owed import owed_on_lines
from .payment import applied_to, payments_of, repost_payments_of, unapply
from .transaction import NUMBERED_COLUMNS, NUMBERED_INDEXES, TRANSACTION, Transaction

if TYPE_CHECKING:
    from ..books import Books

OF_A_NAME = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}
NAMES = ("Customer", "Vendor", "Employee")
DETAIL = Shape(
    type_name="JournalEntryLineDetail",
    fields={
        "PostingType": Field(kind=Choice(of=("Debit", "Credit"), enumeration="PostingTypeEnum")),
        "AccountRef": Field(kind=Ref(to="Account", listed_as="Accounts")),
        "Entity": Field(
            kind=Group(
                shape=shape("EntityTypeRef", Type=Choice(of=NAMES, enumeration="EntityTypeEnum"), EntityRef=Ref(to=""))
            )
        ),
        "ClassRef": CLASS_OF_LINE,
        "DepartmentRef": LOCATION,
        **ignored(
            *(
                "TaxCodeRef",
                "TaxRateRef",
                "TaxApplicableOn",
                "TaxAmount",
                "BillableStatus",
            ),
            *("TaxInclusiveAmt", "JournalCodeRef", "ProjectRef"),
        ),
    },
)
LINE = Shape(
    type_name="Line",
    fields={
        "Id": Field(kind=Text(most=40)),
        "LineNum": Field(kind=Whole(most=99999)),
        "Description": Field(kind=Text(most=4000)),
        "Amount": Field(kind=Amount()),
        "DetailType": Field(
            kind=Choice(of=("JournalEntryLineDetail", "DescriptionOnly"), enumeration="LineDetailTypeEnum")
        ),
        "JournalEntryLineDetail": Field(kind=Group(shape=DETAIL)),
        **ignored("LinkedTxn", "CustomField", "LineEx", "Received", "DescriptionLineDetail", "ProjectRef"),
    },
)


class JournalEntry(Transaction):
    """Debits and credits as a bookkeeper writes them."""

    name = "JournalEntry"
    label = "Journal Entry"
    operations = frozenset({"create", "update", "delete"})
    numbered_with = ("JournalEntry",)
    shape = Shape(
        type_name="JournalEntry",
        fields={
            **TRANSACTION,
            "Line": Field(kind=Many(shape=LINE)),
            "Adjustment": Field(kind=Flag(), default=False),
            "CurrencyRef": Field(kind=Currency(), fixed=True),
            **ignored("TaxRateRef", "JournalCodeRef", "LinkedTxn", "CustomField", "ReportInHomeCurrency"),
        },
    )
    columns = {
        **NUMBERED_COLUMNS,
        "TotalAmt": Column(kind="number", value=lambda record, books: NOTHING, filterable=False),
    }
    indexes = NUMBERED_INDEXES

    def first_required(self) -> str:
        return "Line"

    def warns_of_duplicates(self, books: Books) -> bool:
        """The journal's own preference governs its numbers."""
        values = books.preferences["OtherPrefs"].get("NameValue", [])
        return {"Name": "WarnDuplicateJournalNumber", "Value": "true"} in values

    def numbers_itself(self, books: Books) -> bool:
        """Entries are numbered by QuickBooks, whatever the sales forms do."""
        return True

    def settle(self, books: Books, draft: Record, old: Record | None) -> None:
        lines = [dict(line) for line in draft.get("Line", [])]
        if not lines:
            raise refusals.missing("Line")
        settle_currency(books, draft)
        for number, line in enumerate(lines):
            line["Id"], line["LineNum"] = str(number), number + 1
            if line.get("DetailType") != "DescriptionOnly":
                self._check_line(books, draft, line)
        draft["Line"], draft["TotalAmt"] = lines, 0
        postings = self.sides(draft)
        if len(postings) < 2 or sum((posting.amount for posting in postings), NOTHING) != 0:
            self._refuse_unbalanced(books)
        self._keep_what_is_paid(books, draft, old)
        kinds = [books.named("Account", posting.account)["AccountType"] for posting in postings]
        if sum(kind in OF_A_NAME for kind in kinds) > 1:
            raise refusals.business(
                "A journal entry can have only one line on accounts receivable or accounts payable."
            )

    def _keep_what_is_paid(self, books: Books, draft: Record, old: Record | None) -> None:
        """While payments are applied to its receivable line, that line stays and covers them."""
        applied = applied_to(books, self.name, old["Id"]) if old else NOTHING
        if old is None or not applied:
            return
        was, now = owed_on_lines(books, old), owed_on_lines(books, draft)
        same = was and now and (was.sign, was.customer, was.receivable) == (now.sign, now.customer, now.receivable)
        if not same or now is None or now.total < applied:
            raise refusals.business("A payment is applied to this journal entry. Change or delete the payment first.")

    def rate_changed(self, books: Books, record: Record) -> None:
        repost_payments_of(books, self.name, record["Id"])

    def unlink(self, books: Books, record: Record) -> None:
        owed = owed_on_lines(books, record)
        if owed is not None and owed.sign < 0 and payments_of(books, self.name, record["Id"]):
            raise refusals.business("The journal entry has been used as a credit. Change or delete the payment first.")
        unapply(books, self.name, record["Id"])

    def _refuse_unbalanced(self, books: Books) -> None:
        if books.options.unbalanced_journal_code == "2300":
            raise refusals.coded(2300, "Debits and credits differ", "Total debits must equal total credits.")
        raise refusals.business("Please balance your debits and credits.")

    def _check_line(self, books: Books, draft: Record, line: Record) -> None:
        detail = line["JournalEntryLineDetail"] = dict(line.get("JournalEntryLineDetail", {}))
        drop_untracked(books, detail, per_line=True)
        for name, value in (("Amount", line.get("Amount")), ("AccountRef", detail.get("AccountRef"))):
            if value is None:
                raise refusals.missing(f"Line.{name}")
        if "PostingType" not in detail:
            raise refusals.coded(2260, "PostingType is missing", "A line needs a PostingType.", "Line.PostingType")
        if line["Amount"] < 0:
            raise refusals.coded(2290, "Negative amount", "The amount of a line cannot be below 0.", "Line.Amount")
        named = detail.get("Entity", {})
        if named.get("EntityRef") is not None and books.get(named.get("Type", "Customer"), named["EntityRef"]) is None:
            raise refusals.bad_reference("Names", named["EntityRef"])
        account = books.named("Account", detail["AccountRef"])
        check_account_currency(books, draft, account)
        needed = OF_A_NAME.get(account["AccountType"])
        if needed and account["CurrencyRef"] != draft["CurrencyRef"]:
            raise refusals.business(f"The account {account['FullyQualifiedName']} is in {account['CurrencyRef']}.")
        if needed and (named.get("Type") != needed or "EntityRef" not in named):
            raise refusals.business(f"A line on this account needs a {needed.lower()} in its Name field.")

    def postings(self, books: Books, record: Record) -> list[Posting]:
        return in_home(books, record, self.sides(record))

    def sides(self, record: Record) -> list[Posting]:
        """The debits and credits in the entry's own currency."""
        found = []
        for line in record["Line"]:
            detail = line.get("JournalEntryLineDetail")
            if detail is not None and line.get("DetailType") != "DescriptionOnly":
                sign = 1 if detail["PostingType"] == "Debit" else -1
                name = detail.get("Entity", {}).get("EntityRef")
                found.append(Posting(detail["AccountRef"], sign * line["Amount"], name, line.get("Description", "")))
        return found

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        payments = payments_of(books, self.name, record["Id"])
        if payments:
            shown["LinkedTxn"] = [{"TxnId": payment["Id"], "TxnType": "Payment"} for payment in payments]
        for line in shown["Line"]:
            named = line.get("JournalEntryLineDetail", {}).get("Entity")
            if named and "EntityRef" in named:
                identifier = named["EntityRef"]["value"]
                named["EntityRef"] = books.show_ref(named.get("Type", "Customer"), identifier)
