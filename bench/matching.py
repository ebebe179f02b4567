"""How long do a hundred thousand customers, and a fifth as many items, take to be matched, and a thousand suggested?

`python -m bench.matching 100000 1000`. Customers are made up, without a database: names, companies, emails and phone
numbers as the lists of shops have them, of which one letter of the name is wrong in what is suggested for.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from books.answers import AccountRef, ItemRef
from books.customer_fields import CustomerNameField
from books.names import NameRule
from books.orders import Customer, Line, LineType
from mapping.answering import answer_line
from mapping.known import Known, KnownProduct
from mapping.matching.customer_candidates import Candidates, Person
from mapping.matching.customers import (
    BookCustomer,
    CustomerRules,
    KnownCustomers,
    MatchStep,
    answer_customer,
    compared_columns,
)
from mapping.matching.item_candidates import ItemCandidates, NamedItem
from mapping.matching.item_rules import ItemRules, ItemStep, item_columns

_FIRST = [
    beginning + end
    for beginning in ("An", "Ma", "Jo", "Ka", "Li", "Ro", "Su", "Ti", "Da", "Be", "Ch", "El", "Fr", "Ge", "Ha")
    for end in ("nna", "ria", "ren", "bert")
]
_LAST = [
    beginning + end
    for beginning in ("Ander", "Berg", "Carl", "Dom", "Ever", "Fitz", "Gold", "Hern", "Keller", "Lund")
    for end in ("son", "man", "ez", "")
]
_STEPS = (MatchStep.EMAIL, MatchStep.NAME, MatchStep.COMPANY_ZIP, MatchStep.PHONE)


@dataclass(frozen=True)
class Measured:
    """One figure: what was done, with how much processor time."""

    what: str
    seconds: float


def made_up(number: int, chance: random.Random) -> Customer:
    """One customer, always the same for the same number and seed."""
    first, last = chance.choice(_FIRST), f"{chance.choice(_LAST)}{number % 997}"
    host = chance.choice(("gmail.com", "yahoo.com", f"{last.lower()}.example"))
    return Customer(
        source_id=str(number),
        given_name=first,
        family_name=last,
        company_name=f"{last} Supply {number % 9001}" if number % 3 == 0 else "",
        email=f"{first}.{last}{number}@{host}".lower(),
        phone=f"303{2_000_000 + number}",
    )


def chain(customers: list[Customer]) -> Measured:
    """Every customer of a source through all four steps, against as many customers of QuickBooks."""
    begun = time.process_time()
    rules = CustomerRules(steps=_STEPS, name_field=CustomerNameField.DISPLAY, phone_country="US")
    columns = ("email_compared", "name_compared", "company_zip_compared", "phone_compared")
    found_by: dict[MatchStep, dict[str, tuple[BookCustomer, ...]]] = {step: defaultdict(tuple) for step in _STEPS}
    for customer in customers:
        told = compared_columns(
            {
                "display_name": f"{customer.name} {customer.source_id}",
                "email": customer.email if int(customer.source_id) % 2 else "",
                "company_name": customer.company_name,
                "given_name": customer.given_name,
                "family_name": customer.family_name,
                "check_name": customer.name,
                "postal_code": "",
                "phone": customer.phone,
            },
            country="US",
        )
        book_customer = BookCustomer(quickbooks_id=customer.source_id, name=customer.name)
        for step, column in zip(_STEPS, columns, strict=True):
            if told[column]:
                found_by[step][told[column]] += (book_customer,)
    known = KnownCustomers(system="files", decided={}, found_by=found_by, by_name={}, in_source={}, rules=rules)
    answers = [answer_customer(customer, order="1", known=known, document_key="new") for customer in customers]
    assert all(answer.customer and not answer.is_new for answer in answers), "every one is there"
    return Measured("the whole chain", time.process_time() - begun)


def suggestions(customers: list[Customer], asked: int, chance: random.Random) -> Measured:
    """Suggestions for customers whose name has one letter less, and who have another email."""
    begun = time.process_time()
    candidates = Candidates(
        Person(key=customer.source_id, name=customer.name, company=customer.company_name, email=customer.email)
        for customer in customers
    )
    hits = 0
    for customer in chance.sample(customers, asked):
        place = chance.randrange(1, len(customer.name))
        name = customer.name[:place] + customer.name[place + 1 :]
        found = candidates.of(Person(key="x", name=name, company=customer.company_name, email=f"{place}@new.example"))
        hits += any(candidate.person.key == customer.source_id for candidate in found)
    return Measured(f"suggestions for {asked:,}, {hits:,} with the right one", time.process_time() - begun)


def items(number: int, chance: random.Random) -> Measured:
    """Every product of a source through all three steps, against as many items of QuickBooks, keys included."""
    begun = time.process_time()
    account = AccountRef(quickbooks_id="1", path="Sales", account_type="Income")
    by_sku: dict[str, tuple[ItemRef, ...]] = defaultdict(tuple)
    by_name: dict[str, tuple[ItemRef, ...]] = defaultdict(tuple)
    by_likeness: dict[str, tuple[ItemRef, ...]] = defaultdict(tuple)
    for index in range(number):
        name, sku = f"Mug, {chance.choice(_LAST)} no. {index}", f"MUG-{index:05}"
        keys = item_columns(name=name, full_name=name, sku=sku if index % 3 == 0 else "")
        item = ItemRef(quickbooks_id=str(index), name=name, income_account=account)
        by_name[name] += (item,)
        by_likeness[keys["name_compared"]] += (item,)
        if keys["sku_compared"]:
            by_sku[keys["sku_compared"]] += (item,)
    names = list(by_name)
    known = Known(
        system="files",
        rule=NameRule.AT_MOST_100,
        products={
            str(index): KnownProduct(
                pk=index,
                name=name if index % 2 else name.upper().replace(",", " "),
                sku=f" mug-{index:05}",
                item_name="",
                account_path="",
            )
            for index, name in enumerate(names)
        },
        defaults={},
        items_by_name=by_name,
        items_by_sku=by_sku,
        items_like=by_likeness,
        accounts_by_path={},
        posting_paths={},
        item_rules={"files": ItemRules(steps=tuple(ItemStep))},
    )
    one, none = Decimal(1), Decimal(0)
    found = sum(
        answer_line(
            Line(
                key="1",
                line_type=LineType.PRODUCT,
                quantity=one,
                unit_price=none,
                amount=none,
                product_id=str(index),
            ),
            known=known,
        ).item
        is not None
        for index in range(number)
    )
    assert found == number, "every one is there"
    return Measured(f"{number:,} items through the whole chain", time.process_time() - begun)


def item_suggestions(number: int, asked: int, chance: random.Random) -> Measured:
    """Suggestions for products whose name has one letter less, among as many items."""
    begun = time.process_time()
    there = [
        NamedItem(f"{chance.choice(_FIRST)} {chance.choice(_LAST)} {index}", f"S-{index}") for index in range(number)
    ]
    prepared, hits = ItemCandidates(there), 0
    for item in chance.sample(there, min(asked, number)):
        hits += any(candidate.item == item for candidate in prepared.of(NamedItem(item.name[1:])))
    return Measured(f"suggestions for {asked:,} items, {hits:,} with the right one", time.process_time() - begun)


def told(measured: Measured, number: int, what: str) -> str:
    """One figure as it is printed."""
    return f"{measured.what}: {measured.seconds:.2f} s of processor time, among {number:,} {what}"


def main(number: int, asked: int) -> None:
    """Print every figure, and the memory at its highest."""
    chance = random.Random(20)
    customers = [made_up(index, chance) for index in range(number)]
    for measured in (chain(customers), suggestions(customers, asked, chance)):
        print(told(measured, number, "customers"))
    few = number // 5
    print(told(items(few, chance), few, "items"))
    for many in (few, number):
        print(told(item_suggestions(many, asked, chance), many, "items"))
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3])) if sys.argv[2:] else main(100_000, 1_000)
