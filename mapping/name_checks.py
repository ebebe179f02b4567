"""May this text be saved as a decision, and which names in decisions does QuickBooks not have any more?

Forms and spreadsheets ask here, so that both say the same. Nothing is ever replaced by something that is merely like
it: the one thing that is corrected without asking is a space or a break that no QuickBooks name can have, and the
finding says so.

Missing names are asked for after every reading of the lists and every decision, so names are read, not rows: a fixed
number of queries, whatever the number of products.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from books.messages import all_worded
from books.names import DELETED, NameVerdict, judge_account_path, judge_item_name
from companies.models import Company, CompanyKind
from mapping.account_uses import AccountUse, type_label, type_labels
from mapping.company_lists import CompanyLists, Listed, ListedItem, like_customer, names_of
from mapping.matching.names import ALIKE, LETTER_CASE, ONE_OF_SEVERAL, Names, Suggestion
from mapping.models import LineTypeDefault, PaymentMethod, PostingAccounts, Product, QuickBooksCustomer
from mapping.posting_settings import FIELDS


@dataclass(frozen=True, kw_only=True)
class CheckedName:
    """What was found out about one text. Sentences are in the reader's language."""

    #: What is to be saved; as given where there is an error.
    text: str
    #: Why it cannot be saved; empty when it can.
    error: str = ""
    #: What was corrected; empty when nothing was.
    correction: str = ""
    #: What the person should know although it can be saved.
    warning: str = ""
    #: Names that exist and are like it, best first.
    suggestions: tuple[Suggestion, ...] = ()


def check_item(text: str, lists: CompanyLists) -> CheckedName:
    """Judge a QuickBooks Product Name or Item Name Default: an item's name, or its number."""
    if not text.strip():
        return CheckedName(text="")
    verdict = judge_item_name(text, rule=lists.company.rule)
    name, correction = _corrected(verdict)
    if name is None:
        known = bool(lists.items_by_name.get(text) or lists.items_by_number.get(text.strip().casefold()))
        return CheckedName(text=text, error=_broken(verdict, lists, known=known), suggestions=lists.like_item(text))
    if not lists.items:
        return CheckedName(text=name, correction=correction, warning=_unchecked(name))
    error = _item_error(name, lists)
    offered = _candidates(name, lists) or lists.like_item(name) if error else ()
    return CheckedName(text=text if error else name, error=error, correction=correction, suggestions=offered)


def check_account(text: str, lists: CompanyLists, use: AccountUse) -> CheckedName:
    """Judge an account's path for one place, which only some types of account fit."""
    if not text.strip():
        return CheckedName(text="")
    verdict = judge_account_path(text, rule=lists.company.rule)
    path, correction = _corrected(verdict)
    if path is None:
        error = _broken(verdict, lists, known=text in lists.accounts_by_path)
        return CheckedName(text=text, error=error, suggestions=lists.like_account(text, use.types))
    if not lists.accounts:
        return CheckedName(text=path, correction=correction, warning=_unchecked(path))
    account = lists.accounts_by_path.get(path)
    if account and account.active and account.account_type in use.types:  # nothing is offered in place of what fits
        return CheckedName(text=path, correction=correction)
    offered = lists.like_account(path, use.types)
    error = _account_error(path, lists, use, offered)
    if path in lists.accounts_by_path:  # it was no slip of the pen, so only a twin of another type can be meant
        offered = tuple(suggestion for suggestion in offered if suggestion.reason != ALIKE)
    return CheckedName(text=text, error=error, correction=correction, suggestions=offered)


def check_choice(text: str, company: Company, listed: Listed) -> CheckedName:
    """Judge the name of a class, a location or a tax code; it must be an active one, letter for letter."""
    name = text.strip()
    known = names_of(company, listed) if name else []
    if not name or name in known:
        return CheckedName(text=name)
    error = _(listed.missing) % {"name": name}
    return CheckedName(text=text, error=error, suggestions=Names(known).like(name))


def check_customer(text: str, company: Company) -> CheckedName:
    """Judge the name of a QuickBooks customer; it must be an active one, letter for letter."""
    name = text.strip()
    rows = QuickBooksCustomer.objects.filter(company=company, display_name=name)
    if not name or rows.filter(active=True).exists():
        return CheckedName(text=name)
    error = _("QuickBooks has no active customer named “%(name)s”.")
    if rows.exists():
        error = _("“%(name)s” is inactive in QuickBooks. Make it active there, or choose another.")
    return CheckedName(text=text, error=error % {"name": name}, suggestions=like_customer(company, name))


def check_item_name(text: str, lists: CompanyLists) -> CheckedName:
    """Judge a text that has to be an item's name; its number is not enough."""
    finding = check_item(text, lists)
    if finding.error or not finding.text or not lists.items or finding.text in lists.items_by_name:
        return finding
    item = lists.items_by_number[finding.text.strip().casefold()][0].full_name
    error = _("“%(number)s” is the number of the item “%(item)s”. Here the item is named.")
    return CheckedName(
        text=text, error=error % {"number": text, "item": item}, suggestions=lists.like_item(item, limit=1)
    )


def _corrected(verdict: NameVerdict) -> tuple[str | None, str]:
    """The name to go on with, None where there is none, and what was corrected on the way."""
    if verdict.ok:
        return verdict.text, ""
    if verdict.corrected is None:
        return None, ""
    sentence = _("“%(before)s” was corrected to “%(after)s”. %(why)s")
    facts = {"before": verdict.text, "after": verdict.corrected, "why": all_worded(verdict.messages, _)}
    return verdict.corrected, sentence % facts


def _broken(verdict: NameVerdict, lists: CompanyLists, *, known: bool) -> str:
    if not known:
        return all_worded(verdict.messages, _)
    sentence = _(
        "%(why)s QuickBooks has this very name: an administrator can choose another length of names "
        "in the company's settings (now: %(rule)s)."
    )
    return sentence % {"why": all_worded(verdict.messages, _), "rule": _(lists.company.rule.label)}


def _unchecked(name: str) -> str:
    sentence = _("“%(name)s” could not be checked: the lists of QuickBooks have not been read yet.")
    return sentence % {"name": name}


def _candidates(name: str, lists: CompanyLists) -> tuple[Suggestion, ...]:
    """The items that a text fits, where it fits more than one."""
    found = _named(name, lists)
    if len(found) < 2:
        return ()
    return tuple(Suggestion(text=item.full_name, likeness=100, reason=ONE_OF_SEVERAL) for item in found)


def _named(name: str, lists: CompanyLists) -> list[ListedItem]:
    """The usable items of that name or number."""
    either = (*lists.items_by_name.get(name, ()), *lists.items_by_number.get(name.strip().casefold(), ()))
    return [item for item in dict.fromkeys(either) if item.active and item.for_sale]


def _item_error(name: str, lists: CompanyLists) -> str:
    found = _named(name, lists)
    if len(found) == 1:
        return ""
    if found:
        names = ", ".join(item.full_name for item in found)
        return _("“%(name)s” fits more than one item: %(names)s. Write its full name.") % {
            "name": name,
            "names": names,
        }
    same = (*lists.items_by_name.get(name, ()), *lists.items_by_number.get(name.strip().casefold(), ()))
    if any(item.active for item in same):
        return _("“%(name)s” is a category or bundle in QuickBooks, which cannot be on a line.") % {"name": name}
    if same:
        return _inactive(name)
    return _other_case(lists.like_item(name)) or (
        _("QuickBooks has no item with the name or SKU “%(name)s”.") % {"name": name}
    )


def _account_error(path: str, lists: CompanyLists, use: AccountUse, offered: Iterable[Suggestion]) -> str:
    """What is wrong with an account that does not fit."""
    account = lists.accounts_by_path.get(path)
    if account is None:
        return _other_case(offered) or _("QuickBooks has no account “%(path)s”.") % {"path": path}
    if not account.active:
        return _inactive(path)
    sentence = _("“%(path)s” is of type %(type)s. %(use)s accepts: %(types)s.")
    return sentence % {
        "path": path,
        "type": type_label(account.account_type),
        "use": use,
        "types": type_labels(use.types),
    }


def _inactive(name: str) -> str:
    sentence = _("“%(name)s” is inactive in QuickBooks. Make it active there and read the lists again, or use another.")
    return sentence % {"name": name}


def _other_case(offered: Iterable[Suggestion]) -> str:
    """Ask for QuickBooks' own spelling where nothing but letter case differs; never take it unasked."""
    spelling = next((suggestion.text for suggestion in offered if suggestion.reason == LETTER_CASE), "")
    if not spelling:
        return ""
    return _("QuickBooks writes this “%(spelling)s”. Names must agree letter for letter.") % {"spelling": spelling}


#: So many places are named in a sentence; the issue's page lists all of them.
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class MissingName:
    """One name that decisions give and QuickBooks does not have."""

    text: str
    is_item: bool
    #: Words for the first places that say it, and how many more there are.
    places: tuple[str, ...]
    more: int
    #: Of the first place, as fixes understand it.
    key: str
    inactive: bool
    #: What QuickBooks calls it now; empty where it was not renamed.
    renamed_to: str

    @property
    def used_by(self) -> str:
        """The places in words."""
        words = "; ".join(self.places)
        return f"{words}; +{self.more}" if self.more else words


@dataclass(frozen=True, kw_only=True)
class _Place:
    words: str
    key: str


def missing_names(company: Company) -> list[MissingName]:
    """Every such name, items first. Nothing while a list has never been read: then nothing can be known."""
    lists = CompanyLists(company)
    return [*_items(company, lists), *_accounts(company, lists)]


def _items(company: Company, lists: CompanyLists) -> Iterator[MissingName]:
    if not lists.items:
        return
    there = {name for item in lists.items if item.active and item.for_sale for name in (item.full_name, item.name)}
    numbers = {item.sku.strip().casefold() for item in lists.items if item.active and item.for_sale} - {""}
    known = {name.removesuffix(DELETED) for item in lists.items for name in (item.full_name, item.name, item.sku)}
    for text, places in _item_places(company).items():
        is_there = text in there or text.strip().casefold() in numbers
        if not is_there and judge_item_name(text, rule=company.rule).ok:  # else it breaks the rule, another cause
            yield _missing_name(text, places, is_item=True, inactive=text in known, renamed_to=lists.renamed_item(text))


def _accounts(company: Company, lists: CompanyLists) -> Iterator[MissingName]:
    if not lists.accounts:
        return
    for text, places in _account_places(company).items():
        account = lists.accounts_by_path.get(text) or lists.accounts_by_path.get(f"{text}{DELETED}")
        if account and account.active:
            continue
        if judge_account_path(text, rule=company.rule).ok:
            new = lists.renamed_account(text)
            yield _missing_name(text, places, is_item=False, inactive=account is not None, renamed_to=new)


def _missing_name(text: str, places: list[_Place], *, is_item: bool, inactive: bool, renamed_to: str) -> MissingName:
    return MissingName(
        text=text,
        is_item=is_item,
        places=tuple(place.words for place in places[:_NAMED]),
        more=max(0, len(places) - _NAMED),
        key=places[0].key,
        inactive=inactive,
        renamed_to=renamed_to,
    )


def _item_places(company: Company) -> dict[str, list[_Place]]:
    places: dict[str, list[_Place]] = defaultdict(list)
    products = Product.objects.filter(company=company).exclude(quickbooks_product_name="")
    defaults = LineTypeDefault.objects.filter(company=company).exclude(item_name_default="")
    if company.kind == CompanyKind.DESKTOP:  # a line of its files needs no item where an account is given
        products, defaults = products.filter(quickbooks_account_name=""), defaults.filter(item_account_default="")
    columns = ("pk", "name", "quickbooks_product_name")
    for number, name, text in products.order_by("name", "pk").values_list(*columns):
        places[text].append(_product(number, name))
    for row in defaults.order_by("pk"):
        places[row.item_name_default].append(_line_type(row))
    return places


def _account_places(company: Company) -> dict[str, list[_Place]]:
    places: dict[str, list[_Place]] = defaultdict(list)
    products = Product.objects.filter(company=company).exclude(quickbooks_account_name="")
    columns = ("pk", "name", "quickbooks_account_name")
    for number, name, text in products.order_by("name", "pk").values_list(*columns):
        places[text].append(_product(number, name))
    for row in LineTypeDefault.objects.filter(company=company).exclude(item_account_default="").order_by("pk"):
        places[row.item_account_default].append(_line_type(row))
    for method in PaymentMethod.objects.filter(company=company).exclude(account="").order_by("name", "pk"):
        places[method.account].append(_Place(words=f"payment method {method}", key=f"payment-method:{method.pk}"))
    for accounts in PostingAccounts.objects.filter(company=company):
        for name, role in FIELDS.items():
            if text := getattr(accounts, name):
                places[text].append(_Place(words=role.label, key=f"posting:{role.value}"))
    return places


def _product(number: int, name: str) -> _Place:
    return _Place(words=f"product {name}", key=f"product:{number}")


def _line_type(row: LineTypeDefault) -> _Place:
    return _Place(words=f"line type {row}", key=f"line-type:{row.section}")
