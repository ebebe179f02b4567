"""Do staged orders become the right documents, or every problem at once, without ever changing what was sent?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company, CompanyKind
from mapping.models import PostingAccounts, Product, QuickBooksItem, QuickBooksTerm, SourceCustomer
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentChange, DocumentState, Push, StagedOrder
from sync.preparing.prepare import prepare_new, prepare_orders, prepare_unsent, prepare_with_next_sync
from sync.pushing.decisions import ignore, restore, settle
from tests.factories import document_of, map_product, order_of, prepared, staged, the_studio
from tests.sample_orders import AN_ORDER, ledger

pytestmark = pytest.mark.django_db

PLAN = """
    2026-08-14  order 1042
    RK-300      300.00
    plan        3
    paid 2026-08-14  Credit Card  100.00
    paid 2026-09-14  Credit Card  100.00
"""


def problems(document: Document) -> list[str]:
    """The codes of a document's problems."""
    return sorted(document.problems.values_list("code", flat=True))


@pytest.mark.criterion("A01", "A05", "A40", "A45")
def test_a_sale_becomes_an_invoice_that_balances() -> None:
    company = the_studio()
    prepared(company, AN_ORDER)

    invoice = document_of(company, "1042")

    assert (invoice.state, invoice.customer_name, str(invoice.total)) == ("ready", "Priya Natarajan", "260.1700")
    assert ledger(invoice.value()) == ledger("""
        Accounts Receivable          260.17
        Services:Training:Classes   -199.00
        Sales:Kits                   -49.00
        Shipping Income               -8.00
        Sales Tax Payable             -4.17
    """)


@pytest.mark.criterion("D16")
def test_the_due_date_follows_the_terms_of_the_customer_in_quickbooks() -> None:
    company = the_studio()
    company.quickbookscustomer_set.filter(display_name="Priya Natarajan").update(terms_id="2")
    prepared(company, AN_ORDER)

    assert document_of(company, "1042").frozen.body["due"] == "2026-08-29"


@pytest.mark.criterion("D14", "D15", "D16")
@pytest.mark.parametrize(("own", "terms", "due"), [("", "Net 30", "2026-09-13"), ("2", "Net 15", "2026-08-29")])
def test_the_default_terms_are_those_of_a_customer_who_has_none_in_quickbooks(own: str, terms: str, due: str) -> None:
    company = the_studio()
    QuickBooksTerm.objects.create(
        company=company, quickbooks_id="30", name="Net 30", due_days=30, changed_at=timezone.now()
    )
    Company.objects.filter(pk=company.pk).update(default_terms="Net 30")
    company.refresh_from_db()
    company.quickbookscustomer_set.filter(display_name="Priya Natarajan").update(terms_id=own)
    prepared(company, AN_ORDER)

    body = document_of(company, "1042").frozen.body

    assert (body["terms"]["name"], body["due"]) == (terms, due)


@pytest.mark.criterion("A02", "C39")
def test_a_draft_posts_nothing_and_says_so() -> None:
    company = the_studio()
    counts = prepared(company, AN_ORDER + "status  draft")

    order = order_of(company, "1042")
    assert not Document.objects.exists()
    assert counts.nothing_to_post == 1
    assert order.not_posted == [{"code": "draft", "facts": {}}]
    assert order.events.filter(step="nothing-to-post").exists()


def test_an_order_that_came_from_quickbooks_is_not_sent_back() -> None:
    company = the_studio()
    prepared(company, AN_ORDER + "origin  quickbooks")

    assert not Document.objects.exists()


@pytest.mark.criterion("A41", "B30", "B31", "B32", "B37")
def test_a_payment_plan_is_one_invoice_with_a_payment_for_each_time_money_arrived() -> None:
    company = the_studio()
    prepared(company, PLAN)

    kinds = list(Document.objects.order_by("pk").values_list("kind", "total", "state"))
    payment = Document.objects.filter(kind="payment").earliest("pk")

    assert [(kind, str(total)) for kind, total, _ in kinds] == [
        ("invoice", "300.0000"),
        ("payment", "100.0000"),
        ("payment", "100.0000"),
    ]
    assert payment.depends_on == document_of(company, "1042")
    assert ledger(payment.value()) == ledger("""
        Undeposited Funds      100.00
        Accounts Receivable   -100.00
    """)


def test_the_next_instalment_is_one_more_payment_on_the_same_invoice() -> None:
    company = the_studio()
    prepared(company, PLAN)
    before = document_of(company, "1042")

    prepared(company, PLAN + "paid 2026-10-14  Credit Card  100.00")

    after = document_of(company, "1042")
    assert Document.objects.filter(kind="payment").count() == 3
    assert (after.pk, after.version, after.body_hash) == (before.pk, before.version, before.body_hash)


def test_an_overpayment_settles_the_invoice_and_leaves_the_rest_unapplied() -> None:
    company = the_studio()
    prepared(
        company, "2026-08-14  order 1\nWT-101  199.00\npaid 2026-08-15  Cash  150.00\npaid 2026-08-16  Cash  60.00"
    )

    bodies = [document.frozen.body for document in Document.objects.filter(kind="payment").order_by("pk")]

    assert [(body["amount"], body["applied"]) for body in bodies] == [("150.00", "150.00"), ("60.00", "49.00")]


@pytest.mark.criterion("C37")
def test_a_payment_that_did_not_arrive_posts_nothing_and_says_so() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1\nWT-101  199.00\nfailed 2026-08-15  Card  199.00\npending 2026-08-16  9.00")

    assert not Document.objects.filter(kind="payment").exists()
    assert [note["code"] for note in order_of(company, "1").not_posted] == ["payment-failed", "payment-pending"]


@pytest.mark.criterion("E05", "C33", "C52")
def test_a_customer_that_quickbooks_does_not_have_is_created_with_the_order() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1  #7 Sam Doe <sam@example.com>\nWT-101  199.00")

    customer, invoice = Document.objects.order_by("pk")

    assert (customer.kind, customer.frozen.body["display_name"]) == ("customer", "Sam Doe")
    assert invoice.depends_on == customer
    assert {customer.state, invoice.state} == {"ready"}


@pytest.mark.criterion("E13")
def test_two_orders_of_a_new_customer_create_one_customer() -> None:
    company = the_studio()
    prepared(company, *(f"2026-08-14  order {n}  #7 Sam Doe <sam@example.com>\nWT-101  199.00" for n in (1, 2)))

    customer = Document.objects.get(kind="customer")
    assert customer.dependants.count() == 2


@pytest.mark.criterion("E06")
def test_staging_a_customer_without_a_sale_creates_nobody() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1  #7 Sam Doe <sam@example.com>\nWT-101  199.00\nstatus  draft")

    assert SourceCustomer.objects.filter(company=company).exists()
    assert not Document.objects.exists()


@pytest.mark.criterion("A72", "D60")
def test_every_problem_is_reported_at_once_and_nothing_is_half_ready() -> None:
    company = the_studio()
    QuickBooksItem.objects.filter(company=company, name__in=("Shipping", "Starter Clay Kit")).delete()
    PostingAccounts.objects.filter(company=company).update(invoice_debit="")
    text = "2026-08-14  order 1  #7 Sam Doe\nKIT-CLAY  9.00\nshipping  5.00\npaid 2026-08-15  Cash  14.00"
    prepared(company, text)

    invoice, payment = document_of(company, "1"), document_of(company, "1", "payment")

    assert problems(invoice) == [
        "customer-without-email",
        "item-not-in-quickbooks",
        "posting-account-not-set",
        "product-without-mapping",
    ]
    assert (invoice.state, payment.state) == ("blocked", "blocked")
    assert problems(payment) == []


def test_two_lines_of_one_unmapped_product_are_one_problem() -> None:
    company = the_studio()
    QuickBooksItem.objects.filter(company=company, name="Starter Clay Kit").delete()
    prepared(company, "2026-08-14  order 1\nKIT-CLAY  9.00\nKIT-CLAY  7.00")

    assert problems(document_of(company, "1")) == ["product-without-mapping"]


@pytest.mark.criterion("A71")
def test_discounts_and_free_lines_keep_the_total() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1\nWT-101  199.00\nBK-POT  0.00\norder-discount  Friends  -19.90")

    assert ledger(document_of(company, "1").value()) == ledger("""
        Accounts Receivable          179.10
        Services:Training:Classes   -199.00
        Sales:Books                    0.00
        Discounts Given               19.90
    """)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-08-14  order 1\nWT-101  199.00\ntotal  200.00", "totals-differ"),
        ("2026-08-14  order 1 in EUR\nWT-101  199.00", "foreign-currency"),
        ("2026-08-14  order 1234567890123456789012\nWT-101  199.00", "number-unusable"),
        ("2098-08-14  order 1\nWT-101  199.00", "dated-far-ahead"),
    ],
)
def test_what_quickbooks_could_not_hold_is_blocked_before_anything_is_sent(text: str, code: str) -> None:
    company = the_studio()
    prepared(company, text)

    assert problems(Document.objects.get()) == [code]


@pytest.mark.criterion("A47")
def test_an_invoice_on_another_receivable_account_than_quickbooks_own_is_a_journal_entry() -> None:
    company = the_studio()
    accounts = PostingAccounts.objects.filter(company=company)
    accounts.update(invoice_debit="Wholesale Receivables", payment_credit="Wholesale Receivables")
    prepared(company, AN_ORDER + "paid 2026-08-20  Cash  260.17")

    invoice, payment = document_of(company, "1042"), document_of(company, "1042", "payment")

    assert (invoice.form, invoice.state, payment.form) == ("journal-entry", "ready", "payment")
    assert ledger(invoice.value()).startswith(f"{'Wholesale Receivables':<40}{'260.17':>12}")
    assert ledger(payment.value()) == ledger("""
        Undeposited Funds        260.17
        Wholesale Receivables   -260.17
    """)


def test_an_order_that_gives_more_back_than_it_sells_is_a_return() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1\nspecial  -5.00")

    found = Document.objects.get()
    assert (found.kind, found.form, found.state) == ("return", "credit-memo", "ready")


def test_a_credit_is_used_on_its_invoice_and_a_refund_follows_its_order() -> None:
    company = the_studio()
    prepared(company, AN_ORDER + "credit 2026-09-01  Comp  10.00\n    refund 2026-09-02  Refund  20.00")

    found = Document.objects.order_by("kind").values_list("kind", "form", "state", "depends_on__kind")
    assert list(found) == [
        ("credit", "journal-entry", "ready", "invoice"),
        ("credit-application", "credit-application", "ready", "credit"),
        ("invoice", "invoice", "ready", None),
        ("refund", "journal-entry", "ready", "invoice"),
    ]


def test_a_second_order_with_the_same_number_is_blocked_and_the_first_is_not() -> None:
    company = the_studio()
    prepared(company, AN_ORDER)
    staged(company, AN_ORDER, system="files")
    prepare_new(company)

    first, second = Document.objects.filter(kind="invoice").order_by("pk")
    assert (first.state, problems(first)) == ("ready", [])
    assert (second.state, problems(second)) == ("blocked", ["number-used-twice"])

    prepare_orders(company, StagedOrder.objects.all())
    first.refresh_from_db()
    assert first.state == "ready"


@pytest.mark.criterion("A24", "D63")
def test_after_the_mapping_is_there_the_blocked_order_is_ready() -> None:
    company = the_studio()
    QuickBooksItem.objects.filter(company=company, sku="WT-101").update(
        sku="", sku_compared="", name="X", full_name="X"
    )
    prepared(company, "2026-08-14  order 1\nWT-101  199.00\npaid 2026-08-15  Cash  199.00")
    assert document_of(company, "1").state == "blocked"

    map_product(company, "Wheel Throwing 101", item="X")
    prepare_unsent(company)

    states = list(Document.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["ready", "ready"]


def test_issues_count_records_and_money_and_are_solved_by_themselves() -> None:
    company = the_studio()
    QuickBooksItem.objects.filter(company=company, sku="WT-101").delete()
    prepared(company, *(f"2026-08-14  order {n}\nWT-101  10.00\npaid 2026-08-15  Cash  10.00" for n in (1, 2)))

    issue = Issue.objects.get(company=company)
    assert (issue.code, issue.state, issue.records, str(issue.money)) == (
        "product-without-mapping", "open", 2, "20.0000"
    )  # fmt: skip

    Product.objects.filter(company=company).update(quickbooks_product_name="Coaching Hour")
    prepare_unsent(company)
    issue.refresh_from_db()
    assert (issue.state, issue.records) == (IssueState.SOLVED, 0)

    Product.objects.filter(company=company).update(quickbooks_product_name="")
    prepare_orders(company, StagedOrder.objects.all())
    issue.refresh_from_db()
    assert (issue.state, issue.records) == (IssueState.OPEN, 2)


def test_preparing_again_changes_nothing_when_nothing_changed() -> None:
    company = the_studio()
    prepared(company, PLAN)
    before = list(Document.objects.order_by("pk").values("pk", "version", "generation", "state", "body_hash"))
    events = order_of(company, "1042").events.count()

    prepare_orders(company, StagedOrder.objects.all())

    assert list(Document.objects.order_by("pk").values("pk", "version", "generation", "state", "body_hash")) == before
    assert order_of(company, "1042").events.count() == events


def test_a_mapping_fix_makes_a_new_version_of_what_was_not_sent() -> None:
    company = the_studio()
    prepared(company, AN_ORDER)
    map_product(company, "Wheel Throwing 101", item="Coaching Hour")

    prepare_orders(company, StagedOrder.objects.all())

    invoice = document_of(company, "1042")
    assert (invoice.version, invoice.generation, invoice.state) == (2, 1, "ready")


def _as_posted(document: Document) -> None:
    Document.objects.filter(pk=document.pk).update(state=DocumentState.POSTED, quickbooks_id="77")


def test_a_mapping_fix_never_changes_what_was_posted() -> None:
    company = the_studio()
    prepared(company, AN_ORDER)
    _as_posted(document_of(company, "1042"))
    before = document_of(company, "1042").frozen.body
    map_product(company, "Wheel Throwing 101", item="Coaching Hour")

    prepare_orders(company, StagedOrder.objects.all())

    after = document_of(company, "1042")
    assert (after.state, after.version, after.frozen.body, problems(after)) == ("posted", 1, before, [])


CHANGES = {
    "cancelled": (AN_ORDER + "status  cancelled", "void"),
    "lines": (AN_ORDER.replace("8.00", "9.00"), "update"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_order_that_changes_after_posting_waits_to_be_changed_in_quickbooks_unless_it_is_settled(
    change: str,
) -> None:
    company, (text, pending) = the_studio(), CHANGES[change]
    prepared(company, AN_ORDER)
    _as_posted(document_of(company, "1042"))

    prepared(company, text)

    invoice = document_of(company, "1042")
    assert (invoice.state, str(invoice.total), invoice.pending) == ("posted", "260.1700", pending)
    assert invoice.value().total == Decimal("260.17")
    assert settle(invoice, reason="Corrected by hand", by=None)
    prepare_orders(company, StagedOrder.objects.all())
    settled = document_of(company, "1042")
    assert (settled.pending, problems(settled), DocumentChange.objects.count()) == ("", [], 0)


@pytest.mark.parametrize("change", CHANGES)
def test_on_the_desktop_an_order_that_changes_after_posting_is_an_issue_until_it_is_settled(change: str) -> None:
    company = the_studio()
    prepared(company, AN_ORDER)
    _as_posted(document_of(company, "1042"))
    company.kind = CompanyKind.DESKTOP
    company.save()

    prepared(company, CHANGES[change][0])

    invoice = document_of(company, "1042")
    assert (invoice.state, str(invoice.total), problems(invoice)) == ("posted", "260.1700", ["changed-after-posting"])
    now = {"lines": "the order now comes to 261.17 USD.", "cancelled": "no longer has it."}
    assert invoice.problems.get().read().explain().endswith(now.get(change, "2026-08-14 → 2026-08-15."))
    assert settle(invoice, reason="Corrected by hand", by=None)
    prepare_orders(company, StagedOrder.objects.all())
    assert problems(document_of(company, "1042")) == []


def test_a_change_that_cannot_be_built_is_held_until_its_cause_is_cleared() -> None:
    company = the_studio()
    prepared(company, AN_ORDER)
    _as_posted(document_of(company, "1042"))

    QuickBooksItem.objects.filter(company=company, sku="KIT-CLAY").update(active=False)
    prepared(company, AN_ORDER.replace("8.00", "9.00"))

    invoice = document_of(company, "1042")
    assert (invoice.state, invoice.pending, problems(invoice)) == ("posted", "held", ["product-without-mapping"])
    map_product(company, "Starter Clay Kit", item="Coaching Hour")
    prepare_unsent(company)
    invoice.refresh_from_db()
    assert (invoice.pending, problems(invoice)) == ("update", [])


def test_a_payment_that_the_source_takes_back_before_it_was_sent_goes() -> None:
    company = the_studio()
    prepared(company, AN_ORDER + "paid 2026-08-20  Cash  50.00")

    prepared(company, AN_ORDER)

    assert not Document.objects.filter(kind="payment").exists()
    assert order_of(company, "1042").events.filter(step="withdrawn").exists()


def test_a_posted_payment_that_the_source_leaves_out_waits_for_a_person() -> None:
    company = the_studio()
    prepared(company, AN_ORDER + "paid 2026-08-20  Cash  50.00")
    _as_posted(document_of(company, "1042", "payment"))

    prepared(company, AN_ORDER)

    assert document_of(company, "1042", "payment").pending == "held"
    assert document_of(company, "1042", "payment").problems.get().facts["now"] == "nothing"


def test_a_payment_that_the_source_takes_back_after_posting_waits_to_be_voided() -> None:
    company = the_studio()
    prepared(company, AN_ORDER + "paid 2026-08-20  Cash  50.00")
    _as_posted(document_of(company, "1042", "payment"))

    prepared(company, AN_ORDER + "voided 2026-08-20  Cash  50.00")

    assert document_of(company, "1042", "payment").pending == "void"
    assert order_of(company, "1042").events.filter(step="to-void").exists()


def test_an_ignored_invoice_stays_ignored_with_its_payments_until_it_is_restored() -> None:
    company = the_studio()
    prepared(company, PLAN)
    invoice = document_of(company, "1042")

    assert ignore(invoice, reason="Entered by hand", by=None)
    prepare_orders(company, StagedOrder.objects.all())
    assert set(Document.objects.values_list("state", flat=True)) == {"ignored"}

    prepared(company, PLAN + "paid 2026-10-14  Credit Card  100.00")
    assert problems(Document.objects.latest("pk")) == ["needs-ignored-record"]

    restore(document_of(company, "1042"), by=None)
    assert document_of(company, "1042").state == "ready"


def test_what_quickbooks_may_have_cannot_be_ignored() -> None:
    company = the_studio()
    prepared(company, AN_ORDER)
    Document.objects.update(state=DocumentState.UNKNOWN)

    assert not ignore(document_of(company, "1042"), reason="Never mind", by=None)
    assert not Push.objects.exists()


@pytest.mark.criterion("A03")
def test_preparing_takes_hardly_more_queries_for_a_hundred_orders_than_for_one() -> None:
    company = the_studio()
    staged(company, AN_ORDER)
    with CaptureQueriesContext(connection) as for_one:
        prepare_new(company)
    staged(company, *(AN_ORDER.replace("1042", str(number)) for number in range(100)))
    with CaptureQueriesContext(connection) as for_a_hundred:
        prepare_new(company)

    # SQLite writes a long list in several statements; nothing is asked order by order
    assert len(for_a_hundred) <= len(for_one) + 4


def test_the_documents_of_another_company_are_never_touched() -> None:
    mine, other = the_studio(), the_studio("Other", "other")
    prepared(mine, AN_ORDER)
    prepared(other, AN_ORDER)

    prepare_orders(mine, StagedOrder.objects.all())

    assert Document.objects.filter(company=other).count() == 1
    assert Document.objects.filter(company=mine).count() == 1


def test_an_order_that_is_marked_is_prepared_again_by_the_next_sync() -> None:
    company = the_studio()
    QuickBooksItem.objects.filter(company=company, sku="WT-101").update(active=False)
    prepared(company, AN_ORDER)
    QuickBooksItem.objects.filter(company=company, sku="WT-101").update(active=True)
    assert prepare_new(company).orders == 0

    prepare_with_next_sync(company, [order_of(company, "1042").pk])
    prepare_new(company)

    assert document_of(company, "1042").state == "ready"
