"""What was billed? Invoices from draft to paid, void or deleted, and everything that changes what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from .amounts import Discount, Rounding, SoldLine, as_number, line_shown, to_the_cent, totals_of
from .identifiers import new_object_id
from .invoice_parts import (
    Extras,
    Parts,
    contact_details,
    discount_shown,
    extras_shown,
    schedule_shown,
)
from .tables import Row, shown
from .transactions import Charge, Origin, TransactionWork

OPEN = ("draft", "sent", "partially_paid")


class InvoiceWork(TransactionWork):
    """What people do with invoices."""

    def new_invoice(
        self,
        contact: str,
        lines: Sequence[SoldLine],
        *,
        discount: Discount | None = None,
        extras: Extras | None = None,
        currency: str = "USD",
        number: str = "",
        issued: date | None = None,
        due: date | None = None,
        live: bool = True,
        schedule: Sequence[tuple[date, Decimal]] = (),
        at: datetime | None = None,
    ) -> str:
        """A draft; returns its id. `schedule` is payments by day and amount, `at` the moment it was made.

        Raises:
            ValueError: There is no such contact, or no line.
        """
        customer = self.required("contacts", contact, "contact")
        if not lines:
            raise ValueError("an invoice has at least one line")
        identifier, moment = new_object_id(), self.moment(at)
        day = issued or (at or self.agency.clock.now()).date()
        row: Row = {
            "_id": identifier,
            "status": "draft",
            "liveMode": live,
            "altId": self.location_id,
            "altType": "location",
            "name": f"Invoice for {customer['name']}",
            "title": "INVOICE",
            "businessDetails": self._business(),
            "invoiceNumber": number or str(1001 + self.tables.count("invoices")),
            "currency": currency,
            "contactDetails": contact_details(customer),
            "issueDate": day.isoformat(),
            "dueDate": (due or day + timedelta(days=14)).isoformat(),
            "sentTo": {"email": [customer.get("email", "")], "emailCc": [], "emailBcc": [], "phoneNo": []},
            "automaticTaxesEnabled": False,
            "automaticTaxesCalculated": False,
            "amountPaid": 0,
            "createdAt": moment,
            "paymentSchedule": schedule_shown(schedule),
        }
        with self.writing():
            self._keep_invoice(
                self._priced(row, Parts(tuple(lines), discount, extras or Extras())), moment, "InvoiceCreate"
            )
        return identifier

    def change_invoice(
        self,
        invoice: str,
        *,
        lines: Sequence[SoldLine] | None = None,
        discount: Discount | None = None,
        no_discount: bool = False,
        extras: Extras | None = None,
        **facts: Any,
    ) -> None:
        """Change an open invoice: lines, discount, extras, or facts such as `dueDate` and `invoiceNumber`.

        Raises:
            ValueError: It is not open, or came to less than was paid of it.
        """
        row = self._open(invoice)
        strange = facts.keys() - {"dueDate", "issueDate", "invoiceNumber", "name", "title", "contactDetails"}
        if strange:
            raise ValueError(f"{', '.join(sorted(strange))} of an invoice cannot be changed")
        former = Parts.read(row["inner"])
        parts = Parts(
            lines=tuple(lines) if lines is not None else former.lines,
            discount=None if no_discount else discount or former.discount,
            extras=extras or former.extras,
        )
        priced = self._priced({**row, **facts}, parts)
        if Decimal(priced["total"]) < Decimal(row["amountPaid"]):
            raise ValueError(f"{row['amountPaid']} of it was paid already")
        status = row["status"]
        if Decimal(row["amountPaid"]) and not Decimal(priced["amountDue"]):
            status = "paid"
        with self.writing():
            self._keep_invoice({**priced, "status": status}, self.moment(), "InvoiceUpdate")

    def send_invoice(self, invoice: str, *, at: datetime | None = None) -> None:
        """Send a draft, or mark it as sent.

        Raises:
            ValueError: It is no draft.
        """
        row = self.required("invoices", invoice, "invoice")
        if row["status"] != "draft":
            raise ValueError(f"it is {row['status']}, and only a draft is sent")
        moment = self.moment(at)
        with self.writing():
            self._keep_invoice({**row, "status": "sent", "sentAt": moment}, moment, "InvoiceSent")

    def record_payment(
        self,
        invoice: str,
        amount: Decimal | None = None,
        *,
        mode: str = "card",
        provider: str = "manual",
        at: datetime | None = None,
    ) -> str:
        """A payment of a part, or of what is still due; returns the transaction's id.

        Raises:
            ValueError: It is not open, was not sent, or less is due.
        """
        row = self._open(invoice)
        due = Decimal(row["amountDue"])
        paid = due if amount is None else to_the_cent(amount, row["currency"])
        if row["status"] == "draft":
            raise ValueError("a draft is sent before it is paid")
        if paid <= 0 or paid > due:
            raise ValueError(f"between 0 and {due} can be paid, not {paid}")
        charge = Charge(
            amount=paid, currency=row["currency"], live=row["liveMode"], provider=provider, method=mode, at=at
        )
        origin = Origin(kind="invoice", id=invoice, name=row["name"])
        with self.writing():
            transaction = self.take_charge(row["contactDetails"]["id"], charge, origin, kind="invoice", entity=invoice)
            whole = paid == due
            now = {
                "amountPaid": as_number(Decimal(row["amountPaid"]) + paid),
                "amountDue": as_number(due - paid),
                "status": "paid" if whole else "partially_paid",
            }
            event = "InvoicePaid" if whole else "InvoicePartiallyPaid"
            self._keep_invoice({**row, **now}, self.moment(at), event)
        return transaction

    def begin_payment(self, invoice: str, *, mode: str = "us_bank_account") -> str:
        """A payment of what is due, which the bank has not settled yet; returns the id of the pending transaction.

        Raises:
            ValueError: It is not open, or was not sent.
        """
        row = self._open(invoice)
        if row["status"] == "draft":
            raise ValueError("a draft is sent before it is paid")
        charge = Charge(
            amount=Decimal(row["amountDue"]),
            currency=row["currency"],
            status="pending",
            live=row["liveMode"],
            method=mode,
        )
        origin = Origin(kind="invoice", id=invoice, name=row["name"])
        with self.writing():
            transaction = self.take_charge(row["contactDetails"]["id"], charge, origin, kind="invoice", entity=invoice)
            self._keep_invoice({**row, "status": "payment_processing"}, self.moment(), "InvoiceUpdate")
        return transaction

    def settle(self, transaction: str, status: str = "succeeded") -> None:
        """Let a pending payment succeed or fail; an invoice that waited for it is paid, or due again.

        Raises:
            ValueError: It is not pending.
        """
        with self.writing():
            super().settle(transaction, status)
            payment = self.required("transactions", transaction, "transaction")
            row = self.tables.get("invoices", payment["entityId"])
            if row is None or row["status"] != "payment_processing":
                return
            if status == "succeeded":
                now = {"status": "paid", "amountPaid": row["total"], "amountDue": 0}
                self._keep_invoice({**row, **now}, self.moment(), "InvoicePaid")
            else:
                before = "partially_paid" if Decimal(row["amountPaid"]) else "sent"
                self._keep_invoice({**row, "status": before}, self.moment(), "InvoiceUpdate")

    def void_invoice(self, invoice: str) -> None:
        """Make an invoice void.

        Raises:
            ValueError: It was paid, or is void already.
        """
        row = self._open(invoice)
        with self.writing():
            self._keep_invoice({**row, "status": "void"}, self.moment(), "InvoiceVoid")

    def delete_invoice(self, invoice: str) -> None:
        """Take an invoice out; its payments stay.

        Raises:
            ValueError: There is no such invoice.
        """
        row = self.required("invoices", invoice, "invoice")
        with self.writing():
            self.tables.put("invoices", invoice, None)
            self._tell_invoice("InvoiceDelete", {**row, "status": "delete", "updatedAt": self.moment()})

    # Inside

    def _open(self, invoice: str) -> Row:
        row = self.required("invoices", invoice, "invoice")
        if row["status"] not in OPEN:
            raise ValueError(f"the invoice is {row['status']}")
        return row

    def _priced(self, row: Row, parts: Parts) -> Row:
        """The invoice with everything that follows from its lines."""
        options, currency = self.agency.options, row["currency"]
        rounding = Rounding(
            by_line=options.tax_rounding == "line", gross_subtotal=options.inclusive_subtotal == "gross"
        )
        totals = totals_of(parts.lines, parts.discount, currency=currency, rounding=rounding)
        total = totals.total + parts.extras.sum
        told = {
            "invoiceItems": [line_shown(line, new_object_id(), currency) for line in parts.lines],
            "discount": discount_shown(parts.discount),
            "totalSummary": {
                "subTotal": as_number(totals.subtotal),
                "discount": as_number(totals.discount),
                "tax": as_number(totals.tax),
            },
            "total": as_number(total),
            "amountDue": as_number(total - Decimal(row["amountPaid"])),
            **extras_shown(parts.extras),
        }
        return {**row, **told, "inner": parts.as_json()}

    def _keep_invoice(self, row: Row, moment: str, event: str) -> None:
        whole = {**row, "updatedAt": moment}
        self.tables.put("invoices", whole["_id"], whole)
        self._tell_invoice(event, whole)

    def _tell_invoice(self, event: str, row: Row) -> None:
        kind = {"type": event} if self.agency.options.webhook_type_of_invoices == "told" else {}
        self.tell(event, {**kind, **shown(row)})

    def _business(self) -> Row:
        facts = self.tables.get("facts", "location") or {}
        address = f"{facts.get('address', '')}, {facts.get('city', '')}"
        return {"name": facts.get("name", ""), "phoneNo": facts.get("phone", ""), "address": address}
