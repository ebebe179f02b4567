"""What stays true whatever happens? Any sequence of operations, over HTTP, against a plain model."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from simulators.quickbooks.server import start
from tests.simulators.driver import Books, a_line, a_payment, an_invoice
from tests.simulators.stock import POT

AMOUNTS = st.decimals("0.01", "500", places=2)
PICK = st.integers(0, 999)
CUSTOMERS = st.sampled_from(["6", "7"])


LOOKED_AT = ["Invoice", "CreditMemo", "Payment", "JournalEntry", "SalesReceipt", "Purchase", "Customer", "Item"]


@dataclass(frozen=True, kw_only=True)
class Now:
    """The company between two operations."""

    found: dict[str, list[Any]]
    ledger: dict[str, Decimal]

    def owed(self) -> Decimal:
        return self.ledger.get("Accounts Receivable", Decimal(0))


class AnyDay(RuleBasedStateMachine):
    """What people and programs do to a company in a day."""

    def __init__(self) -> None:
        super().__init__()
        self.running = start()
        self.books = Books(self.running)
        self.answers: dict[str, tuple[str, Any, bytes]] = {}
        self.asked = 0
        self.books.control("preferences", {"TaxPrefs": {"UsingSalesTax": True}})
        self.books.control("preferences", {"ProductAndServicesPrefs": {"QuantityOnHand": True}})
        self.pot = self.books.write("Item", {**POT, "InvStartDate": "2026-07-01"})

    def teardown(self) -> None:
        self.books.close()
        self.running.stop()

    def some(self, entity: str, pick: int) -> Any:
        """One of the documents that a customer of this test has."""
        where = "CustomerRef in ('6', '7')"
        found = self.books.query(f"select * from {entity} where {where} maxresults 1000").get(entity, [])
        return found[pick % len(found)] if found else None

    def attempt(self, entity: str, body: Any, **params: str) -> None:
        """Write, or be refused; either way under a request id of its own."""
        self.asked += 1
        key = f"r-{self.asked}"
        answer = self.books.send("POST", entity.lower(), body=body, params={**params, "requestid": key})
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 200:
            self.answers[key] = (entity, body, answer.content)

    @rule(amounts=st.lists(AMOUNTS, min_size=1, max_size=3), customer=CUSTOMERS)
    def sell(self, amounts: list[Decimal], customer: str) -> None:
        self.attempt("Invoice", an_invoice(*map(str, amounts), customer=customer))

    @rule(amount=AMOUNTS, customer=CUSTOMERS)
    def give_credit(self, amount: Decimal, customer: str) -> None:
        self.attempt("CreditMemo", an_invoice(str(amount), customer=customer))

    @rule(amount=AMOUNTS, customer=CUSTOMERS, entity=st.sampled_from(["SalesReceipt", "RefundReceipt"]))
    def trade_for_cash(self, amount: Decimal, customer: str, entity: str) -> None:
        form = an_invoice(str(amount), customer=customer, item="7")
        self.attempt(entity, {**form, "DepositToAccountRef": {"value": "1"}})

    @rule(amount=AMOUNTS, wrong=st.booleans())
    def journalize(self, amount: Decimal, wrong: bool) -> None:
        amounts = (amount, amount + 1 if wrong else amount)
        sides = (("Debit", "30"), ("Credit", "1"))
        lines = [
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
            }
            for amount, (side, account) in zip(amounts, sides, strict=True)
        ]
        self.attempt("JournalEntry", {"Line": lines})

    @rule(amount=AMOUNTS, customer=CUSTOMERS, side=st.sampled_from(["Debit", "Credit"]))
    def journalize_what_is_owed(self, amount: Decimal, customer: str, side: str) -> None:
        name = {"Type": "Customer", "EntityRef": {"value": customer}}
        other = "Credit" if side == "Debit" else "Debit"
        sides = ((side, {"AccountRef": {"value": "4"}, "Entity": name}), (other, {"AccountRef": {"value": "26"}}))
        lines = [
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": posting, **detail},
            }
            for posting, detail in sides
        ]
        self.attempt("JournalEntry", {"Line": lines})

    @rule(pick=PICK, amount=AMOUNTS, customer=CUSTOMERS)
    def pay_a_journal_entry(self, pick: int, amount: Decimal, customer: str) -> None:
        found = self.all("JournalEntry")
        if found:
            link = {"TxnId": found[pick % len(found)]["Id"], "TxnType": "JournalEntry"}
            body = a_payment(str(amount), customer=customer)
            self.attempt("Payment", {**body, "Line": [{"Amount": amount, "LinkedTxn": [link]}]})

    @rule(
        count=st.integers(1, 8),
        day=st.sampled_from(["2026-07-02", "2026-08-01", "2026-09-01"]),
        entity=st.sampled_from(["Invoice", "SalesReceipt", "CreditMemo"]),
        tax=AMOUNTS,
        customer=CUSTOMERS,
    )
    def move_stock(self, count: int, day: str, entity: str, tax: Decimal, customer: str) -> None:
        line = a_line(str(9 * count), item=self.pot["Id"], Qty=count, UnitPrice=9, TaxCodeRef={"value": "TAX"})
        form = {**an_invoice(customer=customer, TxnDate=day), "Line": [line], "TxnTaxDetail": {"TotalTax": tax}}
        self.attempt(entity, form)

    @rule(count=st.integers(1, 8), cost=AMOUNTS, day=st.sampled_from(["2026-07-02", "2026-08-01", "2026-09-01"]))
    def buy(self, count: int, cost: Decimal, day: str) -> None:
        detail = {"ItemRef": {"value": self.pot["Id"]}, "Qty": count, "UnitPrice": cost}
        line = {
            "Amount": count * cost,
            "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": detail,
        }
        head = {"PaymentType": "Cash", "AccountRef": {"value": "1"}, "TxnDate": day}
        self.attempt("Purchase", {**head, "Line": [line]})

    @rule(pick=PICK, applied=AMOUNTS, more=AMOUNTS)
    def receive(self, pick: int, applied: Decimal, more: Decimal) -> None:
        invoice = self.some("Invoice", pick)
        if invoice:
            amount = min(applied, invoice["Balance"])
            lines = [(invoice, str(amount))] if amount else []
            self.attempt("Payment", a_payment(str(amount + more), *lines, customer=invoice["CustomerRef"]["value"]))

    @rule(pick=PICK, other=PICK, amount=AMOUNTS)
    def use_credit(self, pick: int, other: int, amount: Decimal) -> None:
        invoice, memo = self.some("Invoice", pick), self.some("CreditMemo", other)
        if invoice and memo:
            lines = [(invoice, str(amount)), (memo, str(amount))]
            self.attempt("Payment", a_payment("0", *lines, customer=invoice["CustomerRef"]["value"]))

    @rule(pick=PICK, amounts=st.lists(AMOUNTS, min_size=1, max_size=2))
    def change_an_invoice(self, pick: int, amounts: list[Decimal]) -> None:
        invoice = self.some("Invoice", pick)
        if invoice:
            lines = [a_line(str(amount)) for amount in amounts]
            token = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"], "sparse": True}
            self.attempt("Invoice", {**token, "Line": lines})

    @rule(
        pick=PICK,
        entity=st.sampled_from(["Invoice", "Payment", "CreditMemo", "JournalEntry", "Purchase", "SalesReceipt"]),
        operation=st.sampled_from(["delete", "void"]),
    )
    def take_away(self, pick: int, entity: str, operation: str) -> None:
        found = self.all(entity)
        if found:
            record = found[pick % len(found)]
            token = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
            include = {"include": "void"} if (entity, operation) == ("Payment", "void") else {}
            self.attempt(entity, token, operation=operation, **include)

    @rule(pick=PICK)
    def deposit(self, pick: int) -> None:
        payment = self.some("Payment", pick)
        if payment:
            link = {"TxnId": payment["Id"], "TxnType": "Payment"}
            line = {"Amount": payment["TotalAmt"], "LinkedTxn": [link]}
            self.attempt("Deposit", {"DepositToAccountRef": {"value": "1"}, "Line": [line]})

    @rule(on=st.booleans())
    def let_quickbooks_apply_credits(self, on: bool) -> None:
        self.books.control("preferences", {"SalesFormsPrefs": {"AutoApplyCredit": on}})

    @rule()
    def merge(self) -> None:
        if self.books.read("Customer", "7")["Active"]:
            self.books.control("merge", {"from": "7", "into": "6"})

    @rule(pick=PICK)
    def repeat(self, pick: int) -> None:
        """A request that was answered gets the same answer, byte for byte, and changes nothing."""
        if not self.answers:
            return
        key = list(self.answers)[pick % len(self.answers)]
        entity, body, first = self.answers[key]
        before = self.books.control("ledger", method="GET")
        again = self.books.send("POST", entity.lower(), body=body, params={"requestid": key})
        assert again.content == first
        assert self.books.control("ledger", method="GET") == before

    @invariant()
    def all_holds(self) -> None:
        now = self.look()
        self.the_ledger_balances()
        self.the_reports_agree_on_both_bases(now)
        self.what_is_on_hand_is_what_came_less_what_went(now)
        self.every_balance_is_the_sum_of_its_transactions(now)

    def look(self) -> Now:
        """Everything that the checks compare, in two requests."""
        active = " where Active in (true, false)"
        items = [
            {"bId": entity, "Query": f"select * from {entity}{active if entity == 'Customer' else ''} maxresults 1000"}
            for entity in LOOKED_AT
        ]
        answers = self.books.ask("POST", "batch", body={"BatchItemRequest": items})["BatchItemResponse"]
        found = {answer["bId"]: answer["QueryResponse"].get(answer["bId"], []) for answer in answers}
        return Now(found=found, ledger=self.books.ledger())

    def the_ledger_balances(self) -> None:
        rows = self.books.ask("GET", "reports/TrialBalance")["Rows"]["Row"]
        _, debit, credit = rows[-1]["Summary"]["ColData"]
        assert debit["value"] == credit["value"]

    def the_reports_agree_on_both_bases(self, now: Now) -> None:
        for basis in ("Accrual", "Cash"):
            sheet = self.books.ask("GET", "reports/BalanceSheet", params={"accounting_method": basis})
            assets, rest = (row["Summary"]["ColData"][1]["value"] for row in sheet["Rows"]["Row"])
            assert assets == rest
        for name in ("AgedReceivables", "CustomerBalance"):
            rows = self.books.ask("GET", f"reports/{name}")["Rows"]["Row"]
            assert Decimal(rows[-1]["Summary"]["ColData"][-1]["value"] if rows else 0) == now.owed()

    def what_is_on_hand_is_what_came_less_what_went(self, now: Now) -> None:
        held = Decimal(10)
        for entity, sign in (("Invoice", -1), ("SalesReceipt", -1), ("CreditMemo", 1), ("Purchase", 1)):
            for record in now.found[entity]:
                for line in record["Line"]:
                    detail = line.get("SalesItemLineDetail") or line.get("ItemBasedExpenseLineDetail") or {}
                    if detail.get("ItemRef", {}).get("value") == self.pot["Id"]:
                        held += sign * detail["Qty"]
        (pot,) = (item for item in now.found["Item"] if item["Id"] == self.pot["Id"])
        assert pot["QtyOnHand"] == held
        if held == 0:  # every cost was rounded to a cent once
            assert abs(now.ledger.get("Inventory Asset", Decimal(0))) < 1

    def every_balance_is_the_sum_of_its_transactions(self, now: Now) -> None:
        invoices, memos, payments = (now.found[entity] for entity in ("Invoice", "CreditMemo", "Payment"))
        entries = {entry["Id"]: found for entry in now.found["JournalEntry"] if (found := on_receivables(entry))}
        used: dict[tuple[str, str], Decimal] = {}
        for payment in payments:
            applied = Decimal(0)
            for line in payment["Line"]:
                (link,) = line["LinkedTxn"]
                key = (link["TxnType"], link["TxnId"])
                used[key] = used.get(key, Decimal(0)) + line["Amount"]
                credit = link["TxnType"] == "CreditMemo" or (
                    link["TxnType"] == "JournalEntry" and entries[link["TxnId"]][1] < 0
                )
                applied += line["Amount"] * (-1 if credit else 1)
            assert payment["UnappliedAmt"] == payment["TotalAmt"] - applied >= 0
        for invoice in invoices:
            assert invoice["Balance"] == invoice["TotalAmt"] - used.pop(("Invoice", invoice["Id"]), Decimal(0)) >= 0
        for memo in memos:
            left = memo["TotalAmt"] - used.pop(("CreditMemo", memo["Id"]), Decimal(0))
            assert memo["RemainingCredit"] == left >= 0
        open_entries: dict[str, Decimal] = {}
        for identifier, (customer, amount) in entries.items():
            left = abs(amount) - used.pop(("JournalEntry", identifier), Decimal(0))
            assert left >= 0
            open_entries[customer] = open_entries.get(customer, Decimal(0)) + (left if amount > 0 else -left)
        assert used == {}
        owed = sum(invoice["Balance"] for invoice in invoices) - sum(memo["RemainingCredit"] for memo in memos)
        owed -= sum(payment["UnappliedAmt"] for payment in payments)
        owed += sum(open_entries.values())
        assert owed == now.owed()
        customers = now.found["Customer"]
        assert owed == sum(customer["Balance"] for customer in customers)
        for customer in customers:
            own = [form for form in (*invoices, *memos, *payments) if form["CustomerRef"]["value"] == customer["Id"]]
            entered = open_entries.get(customer["Id"], Decimal(0))
            assert customer["Balance"] == sum((self.still_open(form) for form in own), entered)

    def still_open(self, document: Any) -> Decimal:
        """What one document adds to what its customer owes."""
        credit = document.get("RemainingCredit", document.get("UnappliedAmt"))
        return Decimal(document["Balance"] if credit is None else -credit)

    def all(self, entity: str) -> list[Any]:
        return list(self.books.query(f"select * from {entity} maxresults 1000").get(entity, []))


def on_receivables(entry: Any) -> tuple[str, Decimal] | None:
    """The customer and the amount, credits below zero, of an entry's line on accounts receivable."""
    for line in entry["Line"]:
        detail = line["JournalEntryLineDetail"]
        if detail["AccountRef"]["value"] == "4":
            sign = 1 if detail["PostingType"] == "Debit" else -1
            return detail["Entity"]["EntityRef"]["value"], sign * line["Amount"]
    return None


AnyDay.TestCase.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyDay = AnyDay.TestCase
