"""What stays true whatever happens? Any sequence of operations, over HTTP, against a plain model."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from simulators.quickbooks.server import start
from tests.simulators.driver import Books, a_line, a_payment, an_invoice

AMOUNTS = st.decimals("0.01", "500", places=2)
PICK = st.integers(0, 999)
CUSTOMERS = st.sampled_from(["6", "7"])


class AnyDay(RuleBasedStateMachine):
    """What people and programs do to a company in a day."""

    def __init__(self) -> None:
        super().__init__()
        self.running = start()
        self.books = Books(self.running)
        self.answers: dict[str, tuple[str, Any, bytes]] = {}
        self.asked = 0

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
                "Amount": each,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
            }
            for each, (side, account) in zip(amounts, sides, strict=True)
        ]
        self.attempt("JournalEntry", {"Line": lines})

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
        entity=st.sampled_from(["Invoice", "Payment", "CreditMemo"]),
        operation=st.sampled_from(["delete", "void"]),
    )
    def take_away(self, pick: int, entity: str, operation: str) -> None:
        record = self.some(entity, pick)
        if record:
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
    def the_ledger_balances(self) -> None:
        self.books.ledger()  # checks that the total is zero
        rows = self.books.ask("GET", "reports/TrialBalance")["Rows"]["Row"]
        _, debit, credit = rows[-1]["Summary"]["ColData"]
        assert debit["value"] == credit["value"]

    @invariant()
    def every_balance_is_the_sum_of_its_transactions(self) -> None:
        invoices, memos, payments = (self.all(entity) for entity in ("Invoice", "CreditMemo", "Payment"))
        used: dict[tuple[str, str], Decimal] = {}
        for payment in payments:
            applied = Decimal(0)
            for line in payment["Line"]:
                (link,) = line["LinkedTxn"]
                key = (link["TxnType"], link["TxnId"])
                used[key] = used.get(key, Decimal(0)) + line["Amount"]
                applied += line["Amount"] * (1 if link["TxnType"] == "Invoice" else -1)
            assert payment["UnappliedAmt"] == payment["TotalAmt"] - applied >= 0
        for invoice in invoices:
            assert invoice["Balance"] == invoice["TotalAmt"] - used.pop(("Invoice", invoice["Id"]), Decimal(0)) >= 0
        for memo in memos:
            left = memo["TotalAmt"] - used.pop(("CreditMemo", memo["Id"]), Decimal(0))
            assert memo["RemainingCredit"] == left >= 0
        assert used == {}
        owed = sum(each["Balance"] for each in invoices) - sum(each["RemainingCredit"] for each in memos)
        owed -= sum(each["UnappliedAmt"] for each in payments)
        assert owed == self.books.ledger().get("Accounts Receivable", Decimal(0))
        customers = self.books.query("select * from Customer where Active in (true,false) maxresults 1000")["Customer"]
        assert owed == sum(customer["Balance"] for customer in customers)
        for customer in customers:
            own = [each for each in (*invoices, *memos, *payments) if each["CustomerRef"]["value"] == customer["Id"]]
            assert customer["Balance"] == sum(self.still_open(each) for each in own)

    def still_open(self, document: Any) -> Decimal:
        """What one document adds to what its customer owes."""
        credit = document.get("RemainingCredit", document.get("UnappliedAmt"))
        return Decimal(document["Balance"] if credit is None else -credit)

    def all(self, entity: str) -> list[Any]:
        return list(self.books.query(f"select * from {entity} maxresults 1000").get(entity, []))


AnyDay.TestCase.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyDay = AnyDay.TestCase
