"""What does a builder do at the edge of a rule: at exactly the limit, with nothing, with what is there already?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from books.answers import Answers, LineAnswer
from books.documents import CreditApplication, CreditMemo, Invoice, JournalEntry, Payment, SalesReceipt
from books.field_lengths import room_for_memo
from books.orders import Address, Order, OrderStatus, made_id
from books.orders import Payment as Money
from books.problems import ChangedAfterPosting
from mapping.answering import answer
from sync.preparing.builders.choose import plan_order
from sync.preparing.builders.credit import number_of
from sync.preparing.builders.parts import discount_of, is_discount, sold_line, turned_line
from sync.preparing.builders.plan import NOTHING_SENT, InBooks, Plan
from sync.preparing.builders.tenders import method_of
from tests.builders.plans import WHOLESALE, document, forms, in_books_of, plan_of, problems
from tests.docs.worked_examples import matched, planned, studio
from tests.sample_orders import an_order

SOLD = "2026-08-14  order 1042\nKIT-CLAY  48.00\n"
PAID = SOLD + "paid 2026-08-14  Card  48.00\n"
PAID_OUT = "Refund Credit Account = Checking"
RETURNED = "2026-08-14  order 1042\nKIT-CLAY  -48.00\n"


def answers_of(order: Order, settings: str = "", **forms: Any) -> Answers:
    """Mapping's answers, with some of what the company chose about forms."""
    found = answer(order, known=studio(settings=settings), customer=matched(order.customer), home="USD")
    return replace(found, forms=replace(found.forms, **forms))


def plan_with(order: Order | str, in_books: InBooks = NOTHING_SENT, **forms: Any) -> Plan:
    order = an_order(order) if isinstance(order, str) else order
    return plan_order(order, answers_of(order, **forms), system="keap", in_books=in_books)


def key_of(*parts: str) -> str:
    return ":".join(("keap", "source-1042", *parts))


def codes(plan: Plan) -> list[str]:
    return [note.code for note in plan.notes]


# The sale as a whole --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ("", ["money-not-shown"]),
        ("paid 2026-08-14  Card  48.00", []),
        ("credit 2026-08-14  Goodwill  48.00", []),
        ("refund 2026-08-20  Card  48.00", []),
        ("order-discount  Voucher  -48.00", []),
    ],
)
def test_a_refunded_order_shows_its_money_or_is_asked_about(rows: str, asked: list[str]) -> None:
    plan = plan_of(f"{SOLD}{rows}\nstatus  refunded")

    assert [problem.code for problem in problems(plan, "invoice")] == asked


def test_a_refunded_order_without_its_money_asks_even_below_a_dollar() -> None:
    plan = plan_of("2026-08-14  order 1042\nKIT-CLAY  0.50\nstatus  refunded")

    assert [problem.code for problem in problems(plan, "invoice")] == ["money-not-shown"]


@pytest.mark.parametrize("status", ["sale", "refunded"])
def test_a_refunded_order_is_posted_as_the_sale_that_it_was(status: str) -> None:
    sale = plan_of(f"{PAID}status  {status}").planned[0]

    assert dict(sale.source or {})["status"] == "sale"


def test_no_money_is_posted_for_what_may_be_no_sale_unless_quickbooks_has_the_sale() -> None:
    order = replace(an_order(PAID), status=OrderStatus.UNKNOWN)

    assert forms(planned(order)) == [("invoice", "")]
    assert forms(planned(order, in_books=in_books_of(plan_of(PAID)))) == [("invoice", ""), ("payment", "payment")]


def test_a_payment_that_was_not_received_is_undone_by_its_key() -> None:
    plan = plan_of(f"{SOLD}paid 2026-08-14  Card  20.00\nvoided 2026-08-15  Card  28.00")

    assert set(plan.undone or ()) == {key_of("payment", "1042-2")}


def test_what_is_shortened_is_said_where_it_is_sent_and_not_twice_for_files() -> None:
    order = an_order(SOLD)
    long = replace(order, lines=(replace(order.lines[0], description="clay " * 1000),))

    assert codes(plan_with(long)) == ["shortened-text"]
    assert codes(plan_with(long, names_accounts=True)) == []


@pytest.mark.parametrize("rows", ["", "paid 2026-08-14  Card  48.00\n"])
def test_a_canceled_receipt_is_asked_about_first_where_money_was_received(rows: str) -> None:
    receipt = plan_of(PAID, "sales receipts")
    plan = plan_of(f"{SOLD}{rows}status  cancelled", in_books=in_books_of(receipt))

    assert plan.ask_first == ({receipt.planned[0].key} if rows else frozenset())


def test_an_exchange_of_equal_worth_is_an_invoice_of_nothing() -> None:
    plan = plan_of("2026-08-14  order 1042\nWT-101  48.00\nKIT-CLAY  -48.00")

    assert forms(plan) == [("invoice", "invoice")]
    assert forms(plan_of(RETURNED))[0][0] == "return"


@pytest.mark.parametrize("charged", ["0.50", "0.00"])
def test_a_discount_larger_than_the_charges_is_no_return(charged: str) -> None:
    plan = plan_of(f"2026-08-14  order 1042\nKIT-CLAY  {charged}\nspecial  Friends  -10.00")

    assert [problem.code for problem in problems(plan, "invoice")] == ["negative-total"]


def test_a_return_below_a_dollar_is_a_return() -> None:
    assert forms(plan_of("2026-08-14  order 1042\nKIT-CLAY  -0.50"))[0] == ("return", "credit-memo")


@pytest.mark.parametrize(("length", "number"), [(19, "{}-2"), (20, "")])
def test_a_sale_posted_anew_has_a_number_of_its_own_that_quickbooks_can_keep(length: int, number: str) -> None:
    name = "9" * length
    order = replace(an_order(SOLD), number=name)
    first = planned(order).planned[0]
    sale = planned(order, in_books=InBooks(voided=frozenset({first.key}))).planned[0]

    assert sale.key == f"{first.key}:2"
    if number:
        assert (sale.number, sale.document and sale.document.number) == (number.format(name),) * 2
    else:
        assert (sale.document, [problem.code for problem in sale.problems]) == (None, ["number-unusable"])


@pytest.mark.parametrize(("length", "found"), [(21, []), (22, ["number-unusable"])])
def test_an_order_number_has_as_many_characters_as_quickbooks_keeps(length: int, found: list[str]) -> None:
    plan = planned(replace(an_order(SOLD), number="9" * length))

    assert [problem.code for problem in problems(plan, "invoice")] == found


def test_a_receipt_in_the_books_whose_order_was_paid_otherwise_since_asks() -> None:
    books = in_books_of(plan_of(PAID, "sales receipts"))
    same = plan_of(PAID, "sales receipts", in_books=books)

    assert isinstance(same.planned[0].document, SalesReceipt)
    less = plan_of(SOLD + "paid 2026-08-14  Card  40.00", "sales receipts", in_books=books)
    assert [problem.code for problem in problems(less, "sales-receipt")] == ["changed-after-posting"]


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("invoice", "KIT-CLAY  48.00"),
        ("sales-receipt", "KIT-CLAY  48.00\npaid 2026-08-14  Card  48.00"),
        ("return", "KIT-CLAY  -48.00"),
    ],
)
@pytest.mark.parametrize(
    ("buyer", "name", "created_by"),
    [
        ("Moira O'Malley <orders@omalley.example.com>", "O'Malley & Daughters", ""),
        ("Dana Whitfield", "Dana Whitfield", ""),
        ("Ann Lee <ann.lee@example.com>", "Ann Lee", "keap:customer:new"),
    ],
)
def test_a_sale_is_listed_under_quickbooks_name_of_the_customer_and_follows_a_new_one(
    kind: str, rows: str, buyer: str, name: str, created_by: str
) -> None:
    plan = plan_of(f"2026-08-14  order 1042  {buyer}\n{rows}", "sales receipts")
    (sale,) = [record for record in plan.planned if record.kind == kind]

    assert (sale.customer_name, sale.depends_on, sale.total) == (name, created_by, Decimal(48))


def test_a_receipt_is_deposited_where_its_method_belongs_and_keeps_the_whole_reference() -> None:
    order = an_order(PAID)
    paid = replace(order.payments[0], reference="r" * 30)
    receipt = planned(replace(order, payments=(paid,)), settings="sales receipts; payment method Card = Checking")
    value = receipt.planned[0].document

    assert isinstance(value, SalesReceipt)
    assert (value.method, value.deposit_to.path, value.memo) == ("Card", "Checking", f"Reference {'r' * 30}")


def test_a_receipt_in_the_books_whose_money_is_gone_asks() -> None:
    plan = plan_of(SOLD, "sales receipts", in_books=in_books_of(plan_of(PAID, "sales receipts")))

    assert [problem.code for problem in problems(plan, "sales-receipt")] == ["changed-after-posting"]


# Payments, credits, refunds -------------------------------------------------------------------------------------------


def applied(plan: Plan) -> dict[str, Decimal]:
    values = [record.document for record in plan.planned]
    return {value.key: value.applied for value in values if isinstance(value, Payment)} | {
        value.credit: value.amount for value in values if isinstance(value, CreditApplication)
    }


def test_of_one_day_the_payment_settles_the_invoice_before_the_credit() -> None:
    order = an_order(f"{SOLD}credit 2026-08-20  Goodwill  20.00\npaid 2026-08-20  Card  40.00")

    assert applied(planned(order)) == {key_of("credit", "1042-1"): Decimal(8), key_of("payment", "1042-2"): Decimal(40)}


def test_an_invoice_of_half_a_dollar_is_settled_by_its_payment_alone() -> None:
    plan = plan_of("2026-08-14  order 1042\nKIT-CLAY  0.50\npaid 2026-08-14  Card  0.50")

    assert applied(plan) == {key_of("payment", "1042-1"): Decimal("0.50")}


def test_a_refund_gives_back_the_payment_that_the_source_names() -> None:
    text = f"{SOLD}paid 2026-08-14  Card  48.00\npaid 2026-08-15  Card  48.00\nrefund 2026-08-20  Card  48.00"
    order = an_order(text)
    refund = key_of("refund", order.refunds[0].source_id)
    books = replace(in_books_of(plan_of(text)), unused={refund: Decimal(48)})
    for place, payment in enumerate(order.payments):
        named = replace(order, refunds=(replace(order.refunds[0], payment_id=payment.source_id),))
        paid = [document(planned(named, in_books=books), "payment", number) for number in (0, 1)]
        parts = [value.refunded for value in paid if isinstance(value, Payment)]
        assert [bool(part) for part in parts] == [place == 0, place == 1]


def test_a_return_that_was_paid_out_is_used_up_by_the_refund_that_quickbooks_has() -> None:
    text = f"{RETURNED}refund 2026-08-20  Card  48.00"
    first = plan_of(text, PAID_OUT)
    refund = next(record.key for record in first.planned if record.kind == "refund")
    books = InBooks(sale=None, former=None, unused={refund: Decimal(48)})
    uses = [
        record for record in plan_of(text, PAID_OUT, in_books=books).planned if record.kind == CreditApplication.kind
    ]

    (used,) = (use.document for use in uses)
    assert isinstance(used, CreditApplication)
    assert (used.amount, used.invoice, used.credit_form) == (Decimal(48), refund, CreditMemo.kind)
    blocked = plan_of(text, f"{PAID_OUT}; Invoice Debit Account = ", in_books=books)
    assert CreditApplication.kind not in dict(forms(blocked))


@pytest.mark.parametrize(("length", "kept"), [(18, True), (19, False)])
def test_a_number_of_a_credit_is_the_sources_own_as_long_as_quickbooks_keeps_it(length: int, kept: bool) -> None:
    name = "c" * length
    number = number_of("CR", name, an_order(SOLD))

    assert (number == f"CR-{name}", len(number) <= 21) == (kept, True)


def test_records_without_an_id_are_numbered_among_themselves() -> None:
    money = an_order(PAID).payments[0]
    made = [made_id(f"payment {number}") for number in range(2)]
    order = replace(
        an_order(SOLD), payments=tuple(replace(money, source_id=name) for name in ("tx-1", made[0], made[1]))
    )

    assert [number_of("PM", payment.source_id, order) for payment in order.payments] == [
        "PM-tx-1",
        "PM-1042",
        "PM-1042-2",
    ]


@pytest.mark.parametrize("with_item", [True, False])
def test_a_credit_in_a_file_names_its_item_where_one_is_chosen(with_item: bool) -> None:
    order = an_order(f"{SOLD}credit 2026-08-20  10.00")
    item = answers_of(order, "item for credits Goodwill Credit").forms.credit_item
    plan = plan_with(order, names_accounts=True, credit_item=item if with_item else None)
    memo = document(plan, "credit")

    assert isinstance(memo, CreditMemo)
    (line,) = memo.lines
    assert (line.item.name, line.description) == ("Goodwill Credit" if with_item else "", "credit")
    assert (line.quantity, line.unit_price, line.amount) == (Decimal(1), Decimal(10), Decimal(10))
    assert CreditApplication.kind not in dict(forms(plan)), "a file applies nothing"


def test_what_settles_a_sale_credits_the_receivable_that_the_sale_moved() -> None:
    text = f"{SOLD}paid 2026-08-20  Card  20.00\ncredit 2026-08-20  Goodwill  10.00"
    both = f"{WHOLESALE}; Credit Credit Account = Wholesale Receivables"
    books = in_books_of(plan_of(text))
    plan = plan_of(text, both, in_books=books)
    payment, credit = document(plan, "payment"), document(plan, "credit")

    assert isinstance(payment, Payment)
    assert payment.receivable.path == "Accounts Receivable"
    assert "Accounts Receivable" in {posting.account.path for posting in credit.postings}


def test_the_use_of_a_credit_says_in_its_source_what_it_settles() -> None:
    text = f"{SOLD}credit 2026-08-20  Goodwill  60.00\nrefund 2026-08-21  Card  12.00"
    order = an_order(text)
    refund = key_of("refund", order.refunds[0].source_id)
    books = replace(in_books_of(plan_of(text)), unused={refund: Decimal(12)})
    uses = {
        record.document.invoice: dict(record.source or {})
        for record in planned(order, in_books=books).planned
        if isinstance(record.document, CreditApplication)
    }

    assert {key: (source.get("applied"), source.get("refunded")) for key, source in uses.items()} == {
        key_of("invoice"): (True, None),
        refund: (None, refund),
    }


@pytest.mark.parametrize(("length", "noted"), [(21, []), (22, ["reference-in-memo"])])
def test_a_reference_longer_than_quickbooks_keeps_is_said(length: int, noted: list[str]) -> None:
    order = an_order(PAID)
    paid: Money = replace(order.payments[0], reference="r" * length)

    assert codes(planned(replace(order, payments=(paid,)))) == noted


def test_a_refund_is_tied_to_no_more_than_quickbooks_has_of_it() -> None:
    text = "2026-08-14  order 1042\nKIT-CLAY  36.00\npaid 2026-08-14  Card  48.00\npaid 2026-08-15  Card  48.00\n"
    order = an_order(f"{text}refund 2026-08-20  Card  60.00")
    refund = key_of("refund", order.refunds[0].source_id)
    books = replace(in_books_of(plan_of(text)), unused={refund: Decimal(50)})
    plan = planned(order, in_books=books)
    paid = [document(plan, "payment", number) for number in (0, 1)]

    parts = [[part.amount for part in value.refunded] for value in paid if isinstance(value, Payment)]
    assert parts == [[Decimal(2)], [Decimal(48)]]


@pytest.mark.parametrize("twice", [True, False])
def test_a_refund_says_in_its_source_how_much_no_invoice_used(twice: bool) -> None:
    again = "paid 2026-08-15  Card  48.00\n" if twice else ""
    plan = plan_of(f"{PAID}{again}refund 2026-08-20  Card  48.00", PAID_OUT)
    refund = next(record for record in plan.planned if record.kind == "refund")

    assert dict(refund.source or {}).get("unused") == ("48.00" if twice else None)
    assert {posting.memo for posting in document(plan, "refund").postings} == {"Card"}


@pytest.mark.parametrize(
    ("refunded", "noted"), [("48.00", []), ("0.00", ["of-nothing"])], ids=["used by the invoice", "of nothing"]
)
def test_a_refund_that_moves_all_or_nothing_is_no_refund_on_account(refunded: str, noted: list[str]) -> None:
    plan = plan_of(f"{PAID}refund 2026-08-20  Card  {refunded}", "Refund Credit Account = Accounts Receivable")

    assert codes(plan) == noted


def test_a_method_that_nobody_has_decided_on_asks_for_nothing_else() -> None:
    plan = plan_of(PAID.replace("Card", "Store Points"), "Payment Debit Account = ")

    assert [problem.code for problem in problems(plan, "payment")] == ["payment-method-not-decided"]


def test_a_method_with_an_account_of_its_own_needs_no_payment_debit_account() -> None:
    own = plan_of(PAID, "payment method Card = Checking; Payment Debit Account = ")
    payment = document(own, "payment")

    assert isinstance(payment, Payment)
    assert payment.deposit_to.path == "Checking"
    without = plan_of(PAID, "payment method Card = money; Payment Debit Account = ")
    assert [problem.code for problem in problems(without, "payment")] == ["posting-account-not-set"]


def test_a_refund_goes_back_on_the_method_of_the_payment_that_it_names() -> None:
    order = an_order(f"{SOLD}paid 2026-08-14  Card  20.00\npaid 2026-08-15  Check  28.00\nrefund 2026-08-20  28.00")
    first, second = (payment.source_id for payment in order.payments)
    refund = replace(order.refunds[0], method="")

    methods = [method_of(replace(refund, payment_id=name), order) for name in (first, second, "", "unknown")]
    assert methods == ["Card", "Check", "", ""]


def test_a_refund_on_a_method_that_nobody_has_decided_on_asks_about_it() -> None:
    order = an_order(f"{SOLD}paid 2026-08-14  Store Points  48.00\nrefund 2026-08-20  10.00")
    order = replace(order, refunds=(replace(order.refunds[0], method="Store Points"),))
    plan = planned(order, settings=PAID_OUT)

    assert {problem.code for problem in problems(plan, "refund")} == {"payment-method-not-decided"}


def test_money_for_a_sale_whose_customer_is_gone_is_the_orders_customers_now() -> None:
    books = replace(in_books_of(plan_of(SOLD)), customer=None)

    payment = document(plan_of(PAID, in_books=books), "payment")
    assert isinstance(payment, Payment)
    assert payment.customer.name == "Priya Natarajan"


def test_nobody_is_created_for_money_of_a_sale_whose_customer_is_gone() -> None:
    new = "2026-08-14  order 1042  Ann Lee <ann.lee@example.com>\nKIT-CLAY  48.00\npaid 2026-08-14  Card  48.00\n"
    gone = replace(in_books_of(plan_of(SOLD)), customer=None)
    kept = in_books_of(plan_of(SOLD))

    assert [problem.code for problem in problems(plan_of(new, in_books=gone), "payment")] == ["customer-inactive"]
    assert problems(plan_of(new, in_books=kept), "payment") == []
    assert problems(plan_of(new), "payment") == []


def test_a_credit_of_a_sale_that_is_blocked_is_planned_with_its_use() -> None:
    plan = plan_of(f"{SOLD}credit 2026-08-20  Goodwill  10.00", "Invoice Debit Account = ")

    assert forms(plan) == [("invoice", ""), ("credit", ""), ("credit-application", "")]


# Customers ------------------------------------------------------------------------------------------------------------


def bought_by(**fields: Any) -> Order:
    order = an_order("2026-08-14  order 1042  Ann Lee <ann.lee@example.com>\nKIT-CLAY  48.00")
    return replace(order, customer=replace(order.customer, **fields))


@pytest.mark.parametrize(("length", "end"), [(120, "5"), (121, "…")])
def test_a_field_that_is_too_long_names_value_and_limit(length: int, end: str) -> None:
    (problem,) = problems(planned(bought_by(phone="5" * length)), "customer")
    facts = vars(problem) if hasattr(problem, "__dict__") else {}

    assert (problem.code, facts["length"], facts["longest"]) == ("customer-field-too-long", length, 30)
    assert facts["value"] == "5" * 120 + ("…" if end == "…" else "")


def test_a_file_has_less_room_for_a_phone() -> None:
    order = bought_by(phone="5" * 25)

    assert problems(plan_with(order), "customer") == []
    (problem,) = problems(plan_with(order, names_accounts=True), "customer")
    assert vars(problem)["longest"] == 21


def test_what_is_tidied_is_noted_and_what_is_still_too_long_is_asked_about_instead() -> None:
    fits, longer = (planned(bought_by(phone="(" + "5" * n + ") " + "-" * 9)) for n in (25, 40))

    assert codes(fits) == ["phone-without-signs"]
    assert (codes(longer), len(problems(longer, "customer"))) == ([], 1)


def test_a_second_line_of_an_address_is_shortened_and_said() -> None:
    plan = planned(bought_by(billing=Address(line1="1 Main St", line2="x" * 600, city="Denver")))

    assert codes(plan) == ["shortened"]


# Lines ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "price", "turned"),
    [
        ("-2", "24.50", ("2", "24.50", "49.00")),
        ("1", "-49.00", ("1", "49.00", "49.00")),
        ("0.5", "-98.00", ("0.5", "98.00", "49.00")),
        ("0", "-49.00", ("0", "49.00", "49.00")),
    ],
)
def test_a_returned_line_turns_its_quantity_or_else_its_price(
    quantity: str, price: str, turned: tuple[str, ...]
) -> None:
    line = an_order(SOLD).lines[0]
    given = turned_line(replace(line, quantity=Decimal(quantity), unit_price=Decimal(price), amount=Decimal("-49.00")))

    assert tuple(map(str, (given.quantity, given.unit_price, given.amount))) == turned


def test_a_line_of_nothing_turns_into_nothing_and_not_into_less() -> None:
    line = replace(an_order(SOLD).lines[0], quantity=Decimal(1), unit_price=Decimal(0), amount=Decimal(0))

    assert not turned_line(line).unit_price.is_signed()


@pytest.mark.parametrize("missing", ["item", "account", "item_rule", "account_rule"])
def test_a_line_that_nothing_was_decided_about_is_never_built(missing: str) -> None:
    order = an_order(SOLD)
    found: LineAnswer = answers_of(order).lines[order.lines[0].key]

    with pytest.raises(ValueError, match="neither an answer nor a problem"):
        sold_line(order.lines[0], replace(found, **{missing: None}))  # type: ignore[arg-type]


def test_a_sale_without_a_receivable_or_a_customer_is_never_built() -> None:
    order = an_order(SOLD)
    answers = answers_of(order)
    nobody = replace(answers, customer=replace(answers.customer, customer=None))

    with pytest.raises(ValueError, match="neither an answer nor a problem"):
        plan_order(order, nobody, system="keap")


@pytest.mark.parametrize(("amount", "is_one"), [("-0.01", True), ("0", False), ("0.50", False)])
def test_a_discount_takes_something_off(amount: str, is_one: bool) -> None:
    line = an_order(f"{SOLD}special  Friends  -1.00").lines[1]

    assert is_discount(replace(line, amount=Decimal(amount))) is is_one


def test_a_discount_line_is_called_by_its_type_where_it_has_no_words() -> None:
    order = an_order(f"{SOLD}special  Friends  -1.00\nspecial  -2.00")
    discount, rest, _notes = discount_of(order.lines, answers_of(order, discount_lines=True))

    assert discount
    assert (discount.description, discount.amount, len(rest)) == (f"Friends, {order.lines[2].label}", Decimal(3), 1)


def test_a_discount_without_an_account_stays_a_line() -> None:
    order = an_order(f"{SOLD}special  Friends  -1.00\nspecial  More  -2.00")
    answers = answers_of(order, discount_lines=True)
    key = order.lines[2].key
    without = replace(answers, lines={**answers.lines, key: replace(answers.lines[key], account=None)})

    assert discount_of(order.lines, without) == (None, list(order.lines), {})


@pytest.mark.parametrize(
    ("tax", "has_code", "untaxed"), [("", True, True), ("", False, False), ("tax  4.23", True, False)]
)
def test_lines_are_marked_as_untaxed_only_where_nothing_is_taxed(tax: str, has_code: bool, untaxed: bool) -> None:
    order = an_order(SOLD + tax)
    code = answers_of(order, "sales tax Denver at 8.81 percent").forms.tax_code
    plan = plan_with(order, has_untaxed_code=has_code, quickbooks_tax=True, tax_code=code)
    invoice = document(plan, "invoice")

    assert isinstance(invoice, Invoice)
    assert [line.untaxed for line in invoice.lines] == [untaxed]


def test_an_entry_has_no_line_of_nothing() -> None:
    entry = document(plan_of(f"{SOLD}BK-POT  0.00", WHOLESALE), "invoice")

    assert isinstance(entry, JournalEntry)
    assert [line.amount for line in entry.lines] == [Decimal(48), Decimal(-48)]


# Tax ------------------------------------------------------------------------------------------------------------------

DENVER = "sales tax Denver at 8.81 percent"


def taxed(order: Order) -> list[str]:
    invoice = document(planned(order, settings=DENVER), "invoice")
    assert isinstance(invoice, Invoice)
    return [line.key for line in invoice.lines if line.taxable]


def products(number: int, *, tax: str, shipping: str = "") -> Order:
    """So many products of 10.00 each."""
    rows = "KIT-CLAY  10.00\n" * number + (f"shipping  {shipping}\n" if shipping else "")
    order = an_order(f"2026-08-14  order 1042\n{rows}tax  State  {tax}")
    lines = [
        replace(line, product_id=f"other-{line.key}", product_name="", name="Starter Clay Kit")
        if line.line_type.value == "product"
        else line
        for line in order.lines
    ]
    return replace(order, lines=tuple(lines))


def test_of_many_products_all_are_taxed_or_all_but_shipping() -> None:
    assert len(taxed(products(9, tax="7.93"))) == 9
    assert len(taxed(products(9, tax="8.81", shipping="10.00"))) == 10
    assert len(taxed(products(9, tax="7.93", shipping="8.00"))) == 9


def test_of_eight_products_some_may_be_taxed_and_of_nine_it_is_asked() -> None:
    assert len(taxed(products(8, tax="4.41"))) == 5
    (problem,) = problems(planned(products(9, tax="4.41"), settings=DENVER), "invoice")

    assert problem.code == "tax-differs"
    facts = vars(problem)
    assert (facts["line"], facts["charged"], facts["computed"], facts["percent"]) == (
        "State",
        "4.41 USD",
        "7.93 USD",
        "8.81",
    )


def test_tax_that_cannot_be_explained_is_held_against_that_on_everything_sold() -> None:
    (problem,) = problems(planned(products(9, tax="4.41", shipping="10.00"), settings=DENVER), "invoice")

    assert vars(problem)["computed"] == "8.81 USD"


def test_one_of_three_products_may_be_taxed_alone() -> None:
    assert taxed(an_order(f"{SOLD}WT-101  240.00\nBK-POT  27.95\ntax  4.23")) == ["1"]


def test_a_tax_code_without_a_rate_taxes_everything_that_is_sold() -> None:
    order = an_order(f"{SOLD}shipping  8.00\ntax  4.23")
    code = answers_of(order, DENVER).forms.tax_code
    assert code
    invoice = document(plan_with(order, quickbooks_tax=True, tax_code=replace(code, percent=None)), "invoice")

    assert isinstance(invoice, Invoice)
    assert [line.taxable for line in invoice.lines] == [True, True]


def test_a_tax_line_that_nothing_is_decided_about_says_why() -> None:
    order = an_order(f"{SOLD}tax  4.23")
    answers = answers_of(order, DENVER)
    why = ChangedAfterPosting(document="x", document_key="x", posted="1", now="2")
    undecided = replace(answers, lines={**answers.lines, order.lines[1].key: LineAnswer(problems=(why,))})

    assert problems(plan_order(order, undecided, system="keap"), "invoice") == [why]


@pytest.mark.parametrize(("more", "noted"), [(0, []), (1, ["shortened-text"])])
def test_a_text_of_exactly_the_length_that_quickbooks_keeps_is_not_shortened(more: int, noted: list[str]) -> None:
    order = an_order(SOLD)
    line = replace(order.lines[0], description="x" * (4000 + more))
    room = room_for_memo(key_of("invoice"), is_customer=False)

    assert codes(plan_with(replace(order, lines=(line,)))) == noted
    assert codes(plan_with(replace(order, title="x" * (room + more)))) == noted


def test_a_long_note_of_a_credit_is_shortened_and_said() -> None:
    order = an_order(f"{PAID}credit 2026-08-20  Goodwill  10.00")
    order = replace(order, credits=(replace(order.credits[0], note="x" * 4000),))

    told = [dict(note.facts)["document"] for note in plan_with(order).notes if note.code == "shortened-text"]

    assert [str(words).partition(" ")[0] for words in told] == ["Credit"]
