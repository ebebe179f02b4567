"""What do a company's lists and decisions say, as far as some orders ask for it? Values that were looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from books.answers import AccountRef, Forms, ItemRef, ListRef, PostingRole
from books.names import NameRule
from books.orders import Section
from books.problems import Problem, Unmatched
from mapping.matching.item_rules import ItemRules, ItemStep, product_columns


@dataclass(frozen=True, kw_only=True)
class KnownProduct:
    """A product's decisions, with the number that fixes refer to."""

    pk: int
    name: str
    sku: str
    item_name: str
    account_path: str
    #: The source that sells it; empty for that of the order.
    system: str = ""
    class_name: str = ""
    taxable: bool | None = None
    #: Why no item is looked for by itself; None where one is.
    held: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class TypeDefault:
    """The three fields of one line type."""

    item_name: str = ""
    description_as_name: bool = False
    account_path: str = ""


@dataclass(frozen=True, kw_only=True)
class KnownMethod:
    """The decisions about one payment method."""

    pk: int
    name: str
    is_money: bool = False
    account_path: str = ""
    #: Of QuickBooks' own list; empty for the one of the same name.
    quickbooks_method: str = ""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the company's lists and decisions say, as far as some orders ask for it. Only active rows."""

    system: str
    rule: NameRule
    products: Mapping[str, KnownProduct]
    defaults: Mapping[Section, TypeDefault]
    #: Items by full name, and by trimmed, case-folded SKU.
    items_by_name: Mapping[str, tuple[ItemRef, ...]]
    items_by_sku: Mapping[str, tuple[ItemRef, ...]]
    accounts_by_path: Mapping[str, AccountRef]
    posting_paths: Mapping[PostingRole, str]
    #: Items by their name as it is compared without letter case, accents and punctuation.
    items_like: Mapping[str, tuple[ItemRef, ...]] = field(default_factory=dict)
    #: By source; one that is missing has the rules as they begin.
    item_rules: Mapping[str, ItemRules] = field(default_factory=dict)
    #: What the company chose about the forms of its documents, looked up.
    forms: Forms = Forms()
    #: Active classes by full name, and the class of whatever the source sells.
    classes_by_name: Mapping[str, ListRef] = field(default_factory=dict)
    source_class: str = ""
    #: The names of inactive items by what they were called, and by number as it is compared.
    inactive_items: Mapping[str, str] = field(default_factory=dict)
    #: The names of items that no rule takes for a product, by why and by what the product is known, see `known_by`.
    there: Mapping[tuple[Unmatched, str], str] = field(default_factory=dict)
    #: Payment methods by key, see `books.tenders.method_key`, and those of QuickBooks by theirs.
    methods: Mapping[str, KnownMethod] = field(default_factory=dict)
    quickbooks_methods: Mapping[str, ListRef] = field(default_factory=dict)


def known_by(*, name: str, sku: str) -> tuple[str, ...]:
    """What a product or an item is looked up by when it is asked why no rule finds it: its SKU before its name.

    Source:
        `mapping.matching.item_rules.product_columns`, by which the list of items to match asks the same.
    """
    columns = product_columns(name=name, sku=sku)
    of_sku = (f"sku:{columns['sku_compared']}",) if columns["sku_compared"] else ()
    return (*of_sku, f"name:{columns['name_folded']}")


def why_unmatched(*, name: str, sku: str, rules: ItemRules, known: Known) -> tuple[Unmatched, str]:
    """Why no rule found an item for a product, and which item of QuickBooks is there all the same; empty for none."""
    keys = known_by(name=name, sku=sku)
    for reason in (Unmatched.NOT_SOLD, Unmatched.INACTIVE):
        for key in keys:
            if there := known.there.get((reason, key)):
                return reason, there
    if not sku and ItemStep.SKU in rules.steps:
        return Unmatched.NO_SKU, ""
    taken = known.there.get((Unmatched.NAME_TAKEN, keys[-1]), "")
    return (Unmatched.NAME_TAKEN, taken) if taken else (Unmatched.NOT_FOUND, "")
