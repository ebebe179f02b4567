"""What do the examples on the pages come to, by the rules that run in production?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from books.answers import AccountRef, CustomerAnswer, Forms, ItemRef, ListRef, PostingRole, TaxCode
from books.documents import CreditApplication, CreditMemo, Invoice, JournalEntry, Payment, SalesReceipt
from books.money import money_text
from books.names import NameRule
from books.notes import note_text
from books.orders import Customer, Order, normal_email
from books.tenders import method_key
from mapping.answering import answer
from mapping.known import Known, KnownMethod, KnownProduct, TypeDefault
from mapping.matching.customers import BookCustomer, KnownCustomers, MatchStep, answer_customer
from sync.preparing.builders.choose import plan_order
from sync.preparing.builders.plan import NOTHING_SENT, InBooks, Plan
from tests.sample_books import ACCOUNTS, BOOK_CUSTOMERS, DEFAULTS, ITEM_ACCOUNTS, ITEMS, NET_15, POSTING
from tests.sample_orders import journal

_TERMS = {"Priya Natarajan": NET_15}
#: What some of the examples need beside the studio's own lists: an account that collects refunds, an item for them.
_MORE_ACCOUNTS = {
    path: AccountRef(quickbooks_id=number, path=path, account_type="Other Current Asset")
    for number, path in (("90", "Refunds Outstanding"),)
} | {
    "Gift Cards Outstanding": AccountRef(
        quickbooks_id="94", path="Gift Cards Outstanding", account_type="Other Current Liability"
    )
}
_MORE_ITEMS = {
    name: ItemRef(quickbooks_id=number, name=name, income_account=ACCOUNTS["Refunds & Allowances"])
    for number, name in (("91", "Goodwill Credit"),)
}
_ROLES = {role.label: role for role in PostingRole}


def studio(*, settings: str = "") -> Known:
    """The studio's mapping: every product with its name and account, every line type with its defaults.

    Args:
        settings: With `; ` between them, any of

            Pass Item Description as the Name [and no Item Account Default] for <labels>
            sales receipts
            discount lines
            sales tax <code> at <percent> percent        or `sales tax without a code`
            item for credits <name>                      and `item for refunds <name>`
            class <name>
            taxed <SKU>                                  and `untaxed <SKU>`
            <posting account> = <path>                   an empty path unsets it
            payment method <name> = <path>               or `= money`
    """
    words = settings.split("; ") if settings else []
    methods = [word.removeprefix(_METHOD) for word in words if word.startswith(_METHOD)]
    words = [word for word in words if not word.startswith(_METHOD)]
    of_types = next((word for word in words if word.startswith(("Pass Item", "no Item"))), "")
    changes, _, named = of_types.partition(" for ")
    changed = {section for section in DEFAULTS if section.label in named.split(", ")}
    roles = {_ROLES[name]: path for name, sign, path in (word.partition(" = ") for word in words) if sign}
    class_name = next((word.removeprefix("class ") for word in words if word.startswith("class ")), "")
    said = (word.partition(" ") for word in words if word.startswith(("taxed ", "untaxed ")))
    taxable = {sku: word == "taxed" for word, _, sku in said}
    known_words = (*_FORM_WORDS, "taxed ", "untaxed ")
    unknown = [word for word in words if word != of_types and " = " not in word and not word.startswith(known_words)]
    if unknown:
        raise ValueError(f"no such settings: {unknown}")
    return Known(
        system="keap",
        rule=NameRule.FEWER_THAN_31,
        products={
            f"product-{sku}": KnownProduct(
                pk=number,
                name=item.name,
                sku=sku,
                item_name=item.name,
                account_path=ITEM_ACCOUNTS[sku].path,
                taxable=taxable.get(sku),
            )
            for number, (sku, item) in enumerate(ITEMS.items(), start=1)
        },
        defaults={
            section: TypeDefault(
                item_name=ITEMS[sku].name,
                description_as_name=section in changed and "Pass Item Description as the Name" in changes,
                account_path=""
                if section in changed and "no Item Account Default" in changes
                else ITEM_ACCOUNTS[sku].path,
            )
            for section, sku in DEFAULTS.items()
        },
        items_by_name={item.name: (item,) for item in ITEMS.values()},
        items_by_sku={sku.casefold(): (item,) for sku, item in ITEMS.items()},
        accounts_by_path=ACCOUNTS | _MORE_ACCOUNTS,
        posting_paths={role: account.path for role, account in POSTING.items()} | roles,
        forms=_forms(words),
        classes_by_name={class_name: ListRef(quickbooks_id="92", name=class_name)},
        source_class=class_name,
        methods=dict(map(_method, methods)),
    )


def _method(said: str) -> tuple[str, KnownMethod]:
    """A payment method with its account."""
    name, _, path = said.partition(" = ")
    money = path == "money"
    return method_key(name), KnownMethod(pk=1, name=name, is_money=money, account_path="" if money else path)


_METHOD = "payment method "
_FORM_WORDS = ("sales receipts", "discount lines", "sales tax ", "item for ", "class ")


def _forms(words: list[str]) -> Forms:
    """What the settings say about the forms of documents."""
    said = {name: word.removeprefix(name).strip() for word in words for name in _FORM_WORDS if word.startswith(name)}
    items = {word.split()[2]: _MORE_ITEMS[word.split(maxsplit=3)[3]] for word in words if word.startswith("item for ")}
    code, _, percent = said.get("sales tax ", "").removesuffix(" percent").partition(" at ")
    return Forms(
        sales_receipts="sales receipts" in said,
        discount_lines="discount lines" in said,
        quickbooks_tax=bool(code),
        tax_code=TaxCode(quickbooks_id="93", name=code, percent=Decimal(percent)) if percent else None,
        credit_item=items.get("credits"),
        refund_item=items.get("refunds"),
        own_receivable=ACCOUNTS["Accounts Receivable"],
    )


def matched(customer: Customer, *, in_source: tuple[Customer, ...] = ()) -> CustomerAnswer:
    """What the customers in the studio's books answer; `in_source` are the CRM's other customers."""
    names = [name for names in BOOK_CUSTOMERS.values() for name in names]
    people = {
        name: BookCustomer(quickbooks_id=str(number), name=name, terms=_TERMS.get(name))
        for number, name in enumerate(names, start=1)
    }
    by_source_email: dict[str, tuple[tuple[str, str], ...]] = {}
    for person in (customer, *in_source):
        email = normal_email(person.email)
        by_source_email[email] = (*by_source_email.get(email, ()), (person.key, person.name))
    known = KnownCustomers(
        system="keap",
        decided={},
        found_by={
            MatchStep.EMAIL: {email: tuple(people[name] for name in names) for email, names in BOOK_CUSTOMERS.items()}
        },
        by_name={name.casefold(): person for name, person in people.items()},
        in_source=by_source_email,
    )
    return answer_customer(customer, order="1042", known=known, document_key="keap:customer:new")


def planned(order: Order, *, settings: str = "", in_books: InBooks = NOTHING_SENT, today: date | None = None) -> Plan:
    """Everything that the order comes to in the studio's books; see `studio` about the settings."""
    answers = answer(
        order,
        known=studio(settings=settings),
        customer=matched(order.customer),
        home="USD",
    )
    return plan_order(order, answers, system="keap", in_books=in_books, today=today)


def books_text(plan: Plan) -> str:
    """The documents of a plan with their postings."""
    return journal(*(planned.document for planned in plan.planned if planned.document))


def lines_text(plan: Plan) -> str:
    """Each line of the sale: its item, account and class, and the rules that chose them."""
    rows = []
    sales = [
        planned.document
        for planned in plan.planned
        if isinstance(planned.document, Invoice | SalesReceipt | CreditMemo)
    ]
    for line in (line for sale in sales for line in sale.lines):
        rows += [
            line.description,
            f"  item     {line.item.name:<27}  {line.item_rule.sentence}",
            f"  account  {line.account.path:<27}  {line.account_rule.sentence}",
            *([f"  class    {line.quickbooks_class.name}"] if line.quickbooks_class else []),
            *(f"  note     {note}" for note in line.notes),
        ]
    return "\n".join(rows)


def why_text(plan: Plan) -> str:
    """Why some of the documents are journal entries, and whom each names on which line."""
    rows = []
    for document in (planned.document for planned in plan.planned):
        if isinstance(document, JournalEntry):
            named = [
                f"  {line.account.path}: {document.customer.name}" for line in document.lines if line.names_customer
            ]
            rows += [f"{document.title} {document.number}", f"  {document.why}", *named]
    return "\n".join(rows)


def applied_text(plan: Plan) -> str:
    """How much of each payment and of each credit settles its invoice."""
    rows = []
    for document in (planned.document for planned in plan.planned):
        if isinstance(document, Payment):
            rows.append(
                f"Payment {document.number}  {document.applied} of {money_text(document.amount, document.currency)} settles the invoice"
            )
        if isinstance(document, CreditApplication):
            rows.append(
                f"Credit {document.number}  {money_text(document.amount, document.currency)} settles the invoice"
            )
    return "\n".join(rows)


def blocked_text(plan: Plan) -> str:
    """Every reason why a record of the plan cannot be posted, once, with what to do."""
    problems = {problem.cause: problem for planned in plan.planned for problem in planned.problems}
    return "\n".join(f"{problem.title}\n  {problem.explain()}\n  {problem.advise()}" for problem in problems.values())


def customer_text(answer: CustomerAnswer) -> str:
    """Who the customer is and why, or what keeps Tieout from knowing."""
    if answer.customer and answer.rule:
        return f"{answer.customer.name}: {answer.rule.sentence}"
    return "\n".join(f"{problem.title}: {problem.explain()}" for problem in answer.problems)


def nothing_text(plan: Plan) -> str:
    """Why parts of the order rightly post nothing."""
    return "\n".join(note_text({"code": note.code, "facts": dict(note.facts)}) for note in plan.notes)
