"""What is the state of a product's mapping: is it found in QuickBooks, by which rule, or what is in the way?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower, Trim
from django.utils.translation import gettext as _

from books.answers import LineAnswer, Rule
from books.problems import (
    AccountNotInQuickBooks,
    AccountOfWrongType,
    ItemAccountDiffers,
    ItemIsAmbiguous,
    ItemNotInQuickBooks,
    ItemSyncOff,
    ItemWithoutIncomeAccount,
    NameBreaksRule,
    Problem,
    ProductWithoutMapping,
)
from books.translation import Translate, gettext_noop
from companies.models import Company
from mapping.answering import NOT_FOR_SALE
from mapping.lookup import answer_products, item_rules_of
from mapping.matching.item_rules import ItemRules, ItemStep
from mapping.models import Product, QuickBooksAccount, QuickBooksItem, SourceSettings


@dataclass(frozen=True, kw_only=True)
class MappingState:
    """One product's state: a few words, whether that is good, and the whole story."""

    words: str
    #: `good`, `note` (found without a decision), `wait` (nothing decided) or `bad` (posts nothing).
    tone: str
    #: What each rule chose, or what is wrong and what to do; sentences.
    story: tuple[str, ...] = ()
    #: The QuickBooks item that a line of it has; empty for none.
    item: str = ""


_FOUND = {
    Rule.PRODUCT_NAME: (gettext_noop("Mapped by name"), "good"),
    Rule.PRODUCT_NUMBER: (gettext_noop("Mapped by SKU"), "good"),
    Rule.SKU: (gettext_noop("Found by SKU"), "note"),
    Rule.LIKE_NAME: (gettext_noop("Found by a like name"), "note"),
    Rule.SAME_NAME: (gettext_noop("Found by the same name"), "note"),
    Rule.PRODUCT_ACCOUNT: (gettext_noop("Posts by its account"), "good"),
}
_TROUBLE: dict[type[Problem], tuple[str, str]] = {
    NameBreaksRule: (gettext_noop("Invalid name"), "bad"),
    ItemNotInQuickBooks: (gettext_noop("Not in QuickBooks"), "bad"),
    ItemIsAmbiguous: (gettext_noop("Two items fit"), "bad"),
    AccountNotInQuickBooks: (gettext_noop("Account not found in QuickBooks"), "bad"),
    AccountOfWrongType: (gettext_noop("Account of the wrong type"), "bad"),
    ItemWithoutIncomeAccount: (gettext_noop("Item without income account"), "bad"),
    ItemAccountDiffers: (gettext_noop("Account differs from the item's"), "bad"),
    ProductWithoutMapping: (gettext_noop("Not mapped"), "wait"),
    ItemSyncOff: (gettext_noop("Item sync is off"), "wait"),
}
_UNCHECKED = gettext_noop("Not checked yet")
_UNREAD = gettext_noop("The lists of QuickBooks have not been read yet, so the name could not be checked.")
_ITEM, _ACCOUNT = gettext_noop("Item"), gettext_noop("Account")
_RULED = gettext_noop("%(what)s: %(name)s (%(rule)s).")


def states(company: Company, products: Sequence[Product]) -> dict[int, MappingState]:
    """The state of each product by its primary key; the number of queries does not depend on how many there are."""
    if not products:
        return {}
    answers = answer_products(company, products)
    lists_read = QuickBooksItem.objects.filter(company=company).exists()
    said = cache(_)  # the same few words for nearly all of them
    return {product.pk: _state(product, answers[product.pk], lists_read, said) for product in products}


def without_mapping(products: QuerySet[Product], company: Company) -> QuerySet[Product]:
    """Those that have no QuickBooks Product Name, and for which no rule of their source finds, or may find, an item."""
    return without_mapping_by(products, company.pk, item_rules_of(company))


def without_mapping_by(
    products: QuerySet[Product], company: int, decided: Mapping[str, ItemRules]
) -> QuerySet[Product]:
    """The same for the company's number and what it decided about each source."""
    off = SourceSettings.objects.filter(company=company, item_sync=False).values("system")
    unnamed = products.filter(quickbooks_product_name="")
    if all(ItemStep.NAME in rules.steps for rules in (ItemRules(), *decided.values())):
        # An item of the very name is what nearly all have, and finds them: the rest alone is asked all questions
        unnamed = unnamed.filter(pk__in=_without_namesake(unnamed, company, off).values("pk"))
    found = by_rules(decided, lambda rules: found_by_steps(company, rules))
    return unnamed.exclude(found & ~Q(system__in=off))


def by_rules(decided: Mapping[str, ItemRules], condition: Callable[[ItemRules], Q]) -> Q:
    """A condition on products that follows from the rules of each product's source."""
    either = ~Q(system__in=list(decided)) & condition(ItemRules())
    for system, rules in decided.items():
        either |= Q(system=system) & condition(rules)
    return either


def not_in_quickbooks(products: QuerySet[Product], company: Company | int) -> QuerySet[Product]:
    """Those whose QuickBooks Product Name or QuickBooks Account Name is nothing that QuickBooks has active."""
    active = QuickBooksAccount.objects.filter(company=company, active=True)
    account = Exists(active.filter(full_name=OuterRef("quickbooks_account_name")))
    return products.filter(_named_nowhere(products, company) | (~Q(quickbooks_account_name="") & ~account))


def two_fit(products: QuerySet[Product], company: Company) -> QuerySet[Product]:
    """Those for which a rule finds more than one item, so that none is taken."""
    return two_fit_by(products, company.pk, item_rules_of(company))


def two_fit_by(products: QuerySet[Product], company: int, decided: Mapping[str, ItemRules]) -> QuerySet[Product]:
    """The same for the company's number and what it decided about each source."""
    return not_said(products).filter(by_rules(decided, lambda rules: several_found(company, rules)))


def not_said(products: QuerySet[Product]) -> QuerySet[Product]:
    """Those that are sold, and of which no person has said what they are; each with its name, `known`."""
    known = Case(When(name_given="", then=F("name")), default=F("name_given"))
    return products.filter(active=True, quickbooks_product_name="").annotate(known=known)


def number_to_decide(products: QuerySet[Product], company: Company) -> int:
    """How many are one or the other, each counted once. One question after the other costs less than both in one."""
    either = not_in_quickbooks(products, company).values("pk"), without_mapping(products, company).values("pk")
    return either[0].union(either[1]).count()


def found_by_steps(company: Company | int, rules: ItemRules) -> Q:
    """Whether any step of these rules finds an item for a product, or more than one."""
    usable = _usable(company)
    by_sku = usable.exclude(sku_compared="").filter(sku_compared=OuterRef("sku_compared"))
    like = usable.exclude(name_compared="")
    exists = {
        ItemStep.SKU: Q(Exists(by_sku)),
        ItemStep.NAME: _named_so(usable, "name_given", "name"),
        ItemStep.LIKE_NAME: Q(Exists(like.filter(name_compared=OuterRef("name_compared"))))
        | Q(Exists(like.filter(full_name_compared=OuterRef("name_compared")))),
    }
    found = Q(pk__in=())
    for step in rules.steps:
        found |= exists[step]
    return found


def several_found(company: Company | int, rules: ItemRules) -> Q:
    """Whether the first step that finds anything finds more than one item, for a product with its name, `known`."""
    several = Q(pk__in=())
    for number, step in enumerate(rules.steps):
        earlier = found_by_steps(company, ItemRules(steps=rules.steps[:number]))
        several |= ~earlier & _several(company, step)
    return several


def _several(company: Company | int, step: ItemStep) -> Q:
    usable = _usable(company)
    if step is ItemStep.SKU:
        return ~Q(sku_compared="") & _more_than_one(usable.filter(sku_compared=OuterRef("sku_compared")))
    if step is ItemStep.LIKE_NAME:
        like = Q(name_compared=OuterRef("name_compared")) | Q(full_name_compared=OuterRef("name_compared"))
        return _more_than_one(usable.filter(like))
    # A full name is one item's alone; the last level of a path may be that of several
    whole = Exists(usable.filter(full_name=OuterRef("known")))
    return ~Q(whole) & _more_than_one(usable.filter(name=OuterRef("known")))


def _more_than_one(items: QuerySet[QuickBooksItem]) -> Q:
    return Q(Exists(items.order_by("pk")[1:2]))


def _named_so(usable: QuerySet[QuickBooksItem], given: str, name: str) -> Q:
    """Whether an item has the name that a person gave the product; where there is none, its own."""
    by_given = Exists(usable.filter(full_name=OuterRef(given))), Exists(usable.filter(name=OuterRef(given)))
    by_own = Exists(usable.filter(full_name=OuterRef(name))), Exists(usable.filter(name=OuterRef(name)))
    return (~Q(**{given: ""}) & (Q(by_given[0]) | Q(by_given[1]))) | (Q(**{given: ""}) & (Q(by_own[0]) | Q(by_own[1])))


def _usable(company: Company | int) -> QuerySet[QuickBooksItem]:
    """Items that can be on a line."""
    return QuickBooksItem.objects.filter(company=company, active=True).exclude(item_type__in=NOT_FOR_SALE)


def _without_namesake(
    unnamed: QuerySet[Product], company: Company | int, off: QuerySet[SourceSettings, Any]
) -> QuerySet[Product]:
    """Products for which no item has the full name that a person gave them; where there is none, their own.

    Those of a source that looks for no items are among them, whatever they are called.
    """
    called = Case(When(system__in=off, then=Value("")), When(name_given="", then="name"), default="name_given")
    return unnamed.annotate(called=called).filter(~Exists(_usable(company).filter(full_name=OuterRef("called"))))


def _named_nowhere(products: QuerySet[Product], company: Company | int) -> Q:
    """Whether the QuickBooks Product Name of a product is neither a name nor a number of a usable item."""
    usable, named = _usable(company), products.exclude(quickbooks_product_name="").order_by()
    # Nearly all are found by their full names, so only the others are looked for by number and last level
    others = named.filter(~Exists(usable.filter(full_name=OuterRef("quickbooks_product_name"))))
    # SQLite lowers ASCII letters only, so there a number with other capitals is listed although it is found
    number = _exactly("sku_compared", Lower(Trim(OuterRef("quickbooks_product_name"))))
    by_number = usable.exclude(sku_compared="").filter(number)
    # Only sub-items have another full name
    by_name = usable.exclude(full_name=F("name")).filter(_exactly("name", OuterRef("quickbooks_product_name")))
    return Q(pk__in=others.values("pk")) & ~Q(Exists(by_number)) & ~Q(Exists(by_name))


def _exactly(field: str, value: Any) -> Q:
    """Equal, said so that PostgreSQL looks into the index for each of a few rows, and does not read the whole list."""
    return Q(**{f"{field}__gte": value, f"{field}__lte": value})


def _state(product: Product, answer: LineAnswer, lists_read: bool, said: Translate) -> MappingState:
    if not lists_read and product.quickbooks_product_name:
        return MappingState(words=said(_UNCHECKED), tone="wait", story=(said(_UNREAD),))
    for kind, (words, tone) in _TROUBLE.items():
        found = [problem for problem in answer.problems if isinstance(problem, kind)]
        if found:
            return MappingState(
                words=said(words), tone=tone, story=tuple(problem.words.worded(said) for problem in found)
            )
    words, tone = _FOUND[answer.item_rule or Rule.PRODUCT_NAME]
    return MappingState(
        words=said(words), tone=tone, story=_chosen(answer, said), item=answer.item.name if answer.item else ""
    )


def _chosen(answer: LineAnswer, said: Translate) -> tuple[str, ...]:
    """Which item and account a line of the product posts to, and which rule says so."""
    chosen = (
        (said(_ITEM), answer.item and answer.item.name, answer.item_rule),
        (said(_ACCOUNT), answer.account and answer.account.path, answer.account_rule),
    )
    return tuple(
        said(_RULED) % {"what": what, "name": name, "rule": said(rule.sentence)}
        for what, name, rule in chosen
        if name and rule
    )
