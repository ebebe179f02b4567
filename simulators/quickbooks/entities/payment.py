"""What does QuickBooks demand of a payment, and what is it applied to?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .. import refusals
from ..fields import Amount, Currency, Field, Many, Record, Ref, Shape, Text, ignored, shape
from ..ledger import NOTHING, Posting
from .base import Column, column, key_of
from .exchange import (
    at_home,
    balanced,
    converted,
    is_foreign,
    receivable_account,
    settle_currency,
    share_at_home,
)
from .owed import APPLIES_TO, Owed, owed_on
from .transaction import (
    TRANSACTION,
    TRANSACTION_COLUMNS,
    TRANSACTION_INDEXES,
    Transaction,
    check_money_account,
    wrong_account,
)

if TYPE_CHECKING:
    from ..books import Books

LINKED = shape(
    "LinkedTxn",
    TxnId=Text(most=40),
    TxnType=Text(most=40),
    TxnLineId=Text(most=40),
)
LINE = Shape(
    type_name="Line",
    fields={
        "Amount": Field(kind=Amount()),
        "LinkedTxn": Field(kind=Many(shape=LINKED)),
        **ignored(
            "Id", "LineNum", "Description", "DetailType", "LineEx", "CustomField", "PaymentLineDetail", "Received"
        ),
    },
)


def linked_keys(record: Record) -> Iterable[str]:
    """What a payment or deposit is linked to, as index keys."""
    return [f"{link['TxnType']}:{link['TxnId']}" for line in record["Line"] for link in line.get("LinkedTxn", [])]


class Payment(Transaction):
    """Money received from a customer, applied to invoices or kept as a credit."""

    name = "Payment"
    label = "Payment"
    shape = Shape(
        type_name="Payment",
        fields={
            **TRANSACTION,
            "CustomerRef": Field(kind=Ref(to="Customer", listed_as="Names")),
            "TotalAmt": Field(kind=Amount()),
            "Line": Field(kind=Many(shape=LINE)),
            "DepositToAccountRef": Field(kind=Ref(to="Account", listed_as="Accounts")),
            "ARAccountRef": Field(kind=Ref(to="Account", listed_as="Accounts")),
            "PaymentMethodRef": Field(kind=Ref(to="PaymentMethod", listed_as="PaymentMethods")),
            "PaymentRefNum": Field(kind=Text(most=21)),
            "CurrencyRef": Field(kind=Currency(), fixed=True),
            **ignored(
                *("UnappliedAmt", "LinkedTxn", "ProcessPayment", "CreditCardPayment", "CheckPayment", "PaymentType"),
                *("OverPayment", "PaymentEx", "RemitToRef", "DiscountAmount", "DocNumber", "CustomField", "Payee"),
            ),
        },
    )
    columns = {
        **TRANSACTION_COLUMNS,
        "CustomerRef": column("text", "CustomerRef", index="CustomerRef"),
        "PaymentRefNum": column("text", "PaymentRefNum", index="PaymentRefNum"),
        "PaymentMethodRef": column("text", "PaymentMethodRef"),
        "UnappliedAmt": Column(kind="number", value=lambda record, books: record["UnappliedAmt"], filterable=False),
    }
    indexes = {
        **TRANSACTION_INDEXES,
        "CustomerRef": key_of("CustomerRef"),
        "PaymentRefNum": key_of("PaymentRefNum"),
        "LinkedTxn": linked_keys,
    }

    def first_required(self) -> str:
        return "CustomerRef"

    def settle(self, books: Books, draft: Record, old: Record | None) -> None:
        if "CustomerRef" not in draft:
            raise refusals.missing("CustomerRef")
        if "TotalAmt" not in draft:
            raise refusals.business("You must set a transaction amount.")
        if draft["TotalAmt"] < 0:
            raise refusals.business("Transaction amount must be 0 or greater.")
        settle_currency(books, draft, books.named("Customer", draft["CustomerRef"]))
        draft["DepositToAccountRef"] = check_money_account(books, draft, "DepositToAccountRef")
        self._settle_lines(books, draft, old)
        self._check_receivable(books, draft)

    def _settle_lines(self, books: Books, draft: Record, old: Record | None) -> None:
        merged: dict[tuple[str, str], Decimal] = {}
        for line in draft.get("Line", []):
            target, amount = self._target(line)
            merged[target] = merged.get(target, NOTHING) + amount
        lines = []
        for (kind, identifier), amount in merged.items():
            allowed = self._allowed(books, draft, old, kind, identifier, amount)
            if allowed:
                owed = owed_on(books, kind, identifier)
                assert owed is not None
                link = {"TxnId": identifier, "TxnType": kind}
                lines.append({"Amount": allowed, "LinkedTxn": [link], **_sign_of(kind, owed.sign)})
        draft["Line"] = lines
        if not lines and draft["TotalAmt"] == 0 and old is None:
            raise refusals.business("You must set a transaction amount.")
        draft["UnappliedAmt"] = unapplied(draft)
        if draft["UnappliedAmt"] < 0:
            raise refusals.business(
                "The amount applied is greater than the payment. The total of the lines must not be above TotalAmt."
            )

    def _target(self, line: Record) -> tuple[tuple[str, str], Decimal]:
        links = line.get("LinkedTxn", [])
        if "Amount" not in line:
            raise refusals.missing("Line.Amount")
        if len(links) != 1 or "TxnId" not in links[0] or "TxnType" not in links[0]:
            raise refusals.missing("Line.LinkedTxn")
        if line["Amount"] < 0:
            raise refusals.coded(
                2290, "Negative amount", "The amount of a payment line cannot be below 0.", "Line.Amount"
            )
        return (links[0]["TxnType"], links[0]["TxnId"]), line["Amount"]

    def _allowed(
        self, books: Books, draft: Record, old: Record | None, kind: str, identifier: str, amount: Decimal
    ) -> Decimal:
        if kind not in APPLIES_TO:
            raise refusals.coded(
                620,
                "Transaction Id cannot be linked",
                f"A payment cannot be linked to the type {kind}.",
                "Line.LinkedTxn",
            )
        target = owed_on(books, kind, identifier)
        if target is None:
            raise refusals.business(f"The entity {kind} {identifier} that you are trying to link does not exist.")
        if not _may_pay(books, draft["CustomerRef"], target.customer):
            raise refusals.business(
                f"The {kind} {identifier} belongs to another customer, so this payment cannot be applied to it."
            )
        own = amount_on(old, kind, identifier) if old else NOTHING
        still_open = target.total - applied_to(books, kind, identifier) + own
        if amount <= still_open:
            return amount
        if books.options.payment_over_balance == "leave_unapplied":
            return Decimal(still_open)
        raise refusals.business(
            f"The amount {amount} that you are trying to apply to {kind} {identifier} is more than its open balance "
            f"of {still_open}."
        )

    def _check_receivable(self, books: Books, draft: Record) -> None:
        found = [owed_on(books, kind, identifier) for kind, identifier in targets(draft)]
        accounts = {owed.receivable for owed in found if owed is not None}
        given = draft.get("ARAccountRef")
        if given is None:
            given = accounts.pop() if accounts else receivable_account(books, draft["CurrencyRef"])
        account = books.named("Account", given)
        if account["AccountType"] != "Accounts Receivable":
            raise wrong_account("ARAccountRef", account)
        if account["CurrencyRef"] != draft["CurrencyRef"]:
            raise refusals.business("The receivable account is in another currency than the payment.")
        if accounts - {given}:
            raise refusals.business("The payment and what it is applied to must be on the same receivable account.")
        draft["_receivable"] = given

    def postings(self, books: Books, record: Record) -> list[Posting]:
        name, receivable = record["CustomerRef"], record["_receivable"]
        received = Posting(record["DepositToAccountRef"], record["TotalAmt"], name, "Payment")
        unused = Posting(receivable, -record["UnappliedAmt"], name, "Unapplied")
        found = []
        for kind, identifier in targets(record):
            owed = owed_on(books, kind, identifier)
            payer = owed.customer if owed else name
            posting = Posting(receivable, -used_on(record, kind, identifier), payer, f"{kind} {identifier}")
            found.append((posting, -settled_at_home(books, record, kind, identifier)))
        if not is_foreign(books, record):
            return [received, *(posting for posting, _ in found), unused]
        own = [converted(books, record, posting, at_home(record, posting.amount)) for posting in (received, unused)]
        theirs = [converted(books, record, posting, home) for posting, home in found]
        return balanced(books, [own[0], *theirs, own[1]], name)

    def relink(self, books: Books, record: Record | None, old: Record | None) -> None:
        """An invoice whose open balance this payment changed is itself changed: a new SyncToken and time."""
        for kind, identifier in dict.fromkeys([*targets(record), *targets(old)]):
            if amount_on(record, kind, identifier) != amount_on(old, kind, identifier):
                target = books.get(kind, identifier)
                if target is not None:
                    books.entities[kind].touch(books, target)
                repost_payments_of(books, kind, identifier)

    def emptied(self, record: Record) -> Record:
        return {**record, "TotalAmt": NOTHING, "UnappliedAmt": NOTHING, "Line": []}

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown["ProcessPayment"] = False
        shown["LinkedTxn"] = []
        shown["Line"] = [self._show_line(line, books) for line in shown["Line"]]

    def _show_line(self, line: Record, books: Books) -> Record:
        link = line["LinkedTxn"][0]
        target = books.named(link["TxnType"], link["TxnId"])
        owed = owed_on(books, link["TxnType"], link["TxnId"])
        total = owed.total if owed else NOTHING
        still_open = total - applied_to(books, link["TxnType"], link["TxnId"]) + line["Amount"]
        facts = {
            "txnId": link["TxnId"],
            "txnOpenBalance": f"{still_open:.2f}",
            "txnReferenceNumber": target.get("DocNumber", ""),
        }
        return {**line, "LineEx": {"any": [_extension(name, value) for name, value in facts.items()]}}


def _extension(name: str, value: str) -> dict[str, Any]:
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }


def _may_pay(books: Books, payer: str, owner: str) -> bool:
    """A customer pays its own documents and those of its sub-customers."""
    above: str | None = owner
    while above is not None:
        if above == payer:
            return True
        above = books.named("Customer", above).get("ParentRef")
    return False


def targets(record: Record | None) -> list[tuple[str, str]]:
    """What a payment is applied to, as (type, id)."""
    lines = record["Line"] if record else []
    return [(link["TxnType"], link["TxnId"]) for line in lines for link in line["LinkedTxn"]]


def amount_on(record: Record | None, kind: str, identifier: str) -> Decimal:
    """How much of a payment is applied to one document."""
    lines = record["Line"] if record else []
    link = {"TxnId": identifier, "TxnType": kind}
    return sum((line["Amount"] for line in lines if line["LinkedTxn"] == [link]), NOTHING)


def _sign_of(kind: str, sign: int) -> Record:
    """What a line notes where the type of its document alone does not tell."""
    return {} if APPLIES_TO[kind] == sign else {"_sign": sign}


def used_on(record: Record, kind: str, identifier: str) -> Decimal:
    """The same, below zero where the document adds to the payment."""
    link = {"TxnId": identifier, "TxnType": kind}
    found = (line for line in record["Line"] if line["LinkedTxn"] == [link])
    return sum((line["Amount"] * line.get("_sign", APPLIES_TO[kind]) for line in found), NOTHING)


def settled_at_home(books: Books, payment: Record, kind: str, identifier: str) -> Decimal:
    """What a payment takes off the receivables for a document, in home currency and at the document's own rate.

    The payments of a document settle it in the order of their ids, so that together they settle all that it posted.
    """
    used, owed = used_on(payment, kind, identifier), owed_on(books, kind, identifier)
    if owed is None or not is_foreign(books, owed.document):
        return used
    earlier = (other for other in payments_of(books, kind, identifier) if int(other["Id"]) < int(payment["Id"]))
    before = sum((amount_on(other, kind, identifier) for other in earlier), NOTHING)
    return (1 if used >= 0 else -1) * share_at_home(owed.document, before, abs(used))


def open_at_home(payments: list[Record], owed: Owed, kind: str, identifier: str) -> Decimal:
    """What some payments leave open of a document, in home currency."""
    paid = sum((amount_on(payment, kind, identifier) for payment in payments), NOTHING)
    return at_home(owed.document, owed.total) - at_home(owed.document, paid)


def repost_payments_of(books: Books, kind: str, identifier: str) -> None:
    """What payments of a document in another currency post follows from its rate, and from each other."""
    record = books.get(kind, identifier)
    if record is not None and is_foreign(books, record):
        for payment in payments_of(books, kind, identifier):
            books.repost("Payment", payment)


def unapplied(record: Record) -> Decimal:
    """What is left of a payment: its total less what invoices use, plus the credits it uses."""
    used = sum((used_on(record, kind, identifier) for kind, identifier in targets(record)), NOTHING)
    return Decimal(record["TotalAmt"] - used)


def payments_of(books: Books, kind: str, identifier: str) -> list[Record]:
    """The payments applied to a document, oldest first."""
    return books.under("Payment", "LinkedTxn", f"{kind}:{identifier}")


def applied_to(books: Books, kind: str, identifier: str) -> Decimal:
    """How much of all payments is applied to a document."""
    return sum((amount_on(payment, kind, identifier) for payment in payments_of(books, kind, identifier)), NOTHING)


def unapply(books: Books, kind: str, identifier: str) -> None:
    """Free every payment from a document; what was applied becomes the customer's credit."""
    take_back(books, kind, identifier, applied_to(books, kind, identifier))


def take_back(books: Books, kind: str, identifier: str, surplus: Decimal) -> None:
    """Lower what is applied to a document by `surplus`, the latest payment first."""
    entity = books.entities["Payment"]
    assert isinstance(entity, Payment)
    for payment in sorted(payments_of(books, kind, identifier), key=lambda each: -int(each["Id"])):
        had = amount_on(payment, kind, identifier)
        taken = min(surplus, had)
        if taken <= 0:
            break
        surplus -= taken
        kept = [line for line in payment["Line"] if line["LinkedTxn"] != [{"TxnId": identifier, "TxnType": kind}]]
        if had > taken:
            sign = 1 if used_on(payment, kind, identifier) > 0 else -1
            link = {"TxnId": identifier, "TxnType": kind}
            kept.append({"Amount": had - taken, "LinkedTxn": [link], **_sign_of(kind, sign)})
        changed = {**payment, "Line": kept}
        entity.post(books, entity.touch(books, payment, Line=kept, UnappliedAmt=unapplied(changed)))
    repost_payments_of(books, kind, identifier)
