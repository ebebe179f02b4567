"""What did the company choose about posting accounts and transaction types, and what do records become by that?

QuickBooks' own credit memos and refund receipts take the account that they debit from an item, so the item's income
account has to be the posting account; else such a record is a journal entry. What it becomes is told from the
decisions alone. Source: docs/accounting/credit.md, docs/accounting/refund.md

Intuit documents no field of an invoice that names its receivable account, so QuickBooks Online takes its own: the only
one, or the one it made and named, or the oldest. Source: docs/accounting/posting-accounts.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from books.answers import AccountRef, Forms, ItemRef, ListRef, PostingRole, TaxCode
from books.names import levels
from books.problems import ChoiceNotInQuickBooks, Problem
from companies.bulk_sql import KeptQuery
from companies.models import Company, CompanyKind
from mapping.answering import DEPOSIT_TYPES, DOCUMENT_FORMS, NOT_FOR_SALE, RECEIVABLE_TYPES
from mapping.models import (
    DiscountsAs,
    DocumentForms,
    PostingAccounts,
    Product,
    QuickBooksAccount,
    QuickBooksClass,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    SourceDimensions,
    TaxAs,
)

#: By field of the stored row, what the account is for.
FIELDS: Mapping[str, PostingRole] = {role.value.replace("-", "_"): role for role in PostingRole}
#: What has to be set before a company can be switched on.
NEEDED_TO_POST = (PostingRole.INVOICE_DEBIT, PostingRole.PAYMENT_DEBIT, PostingRole.PAYMENT_CREDIT)
#: QuickBooks Desktop's name for the receivable account it makes, and QuickBooks Online's.
OWN_NAMES = ("Accounts Receivable", "Accounts Receivable (A/R)")


def posting_paths(company: Company) -> dict[PostingRole, str]:
    """The path of each posting account, empty where it is not set; nothing for a company that never set any."""
    rows = _POSTING_ACCOUNTS.instances(company.pk)
    return {role: getattr(row, name) for row in rows for name, role in FIELDS.items()}


_POSTING_ACCOUNTS = KeptQuery(lambda company: PostingAccounts.objects.filter(company=company))


def missing_to_post(company: Company) -> list[PostingRole]:
    """The posting accounts without which nothing can be posted, as far as they are not set."""
    paths = posting_paths(company)
    return [role for role in NEEDED_TO_POST if not paths.get(role)]


def default_receivable(company: Company) -> str:
    """The path of the receivable account that QuickBooks itself uses: the only one, or the one by its own name."""
    rows = QuickBooksAccount.objects.filter(company=company, active=True, account_type__in=RECEIVABLE_TYPES)
    own = own_receivable(
        AccountRef(quickbooks_id=row.quickbooks_id, path=row.full_name, account_type=row.account_type) for row in rows
    )
    return own.path if own else ""


def own_receivable(accounts: Iterable[AccountRef]) -> AccountRef | None:
    """QuickBooks' own receivable account among active accounts; None when there is no receivable at all."""
    receivables = [account for account in accounts if account.account_type in RECEIVABLE_TYPES]
    return min(receivables, key=_age, default=None)


def _age(account: AccountRef) -> tuple[bool, int, str]:
    """QuickBooks' own name first, then the smallest number: ids are digits that grow with time."""
    named = levels(account.path)[-1] in OWN_NAMES
    return not named, len(account.quickbooks_id), account.quickbooks_id


# Transaction types ----------------------------------------------------------------------------------------------------


#: QuickBooks' own code, in the United States, for a line that bears no sales tax.
UNTAXED = "NON"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The choices as stored, before the names are looked up."""

    row: DocumentForms
    source_class: str = ""
    source_location: str = ""
    #: By the full name of an active row.
    locations: Mapping[str, ListRef] = field(default_factory=dict)
    tax_code: TaxCode | None = None
    has_untaxed_code: bool = False

    @property
    def item_names(self) -> set[str]:
        """The items that are named among the choices."""
        return {self.row.credit_item, self.row.refund_item} - {""}


def read_choices(company: Company, system: str) -> Choices:
    """What the company chose, for what one source sells; three queries, and one for each list that a choice names."""
    row = next(iter(_FORMS.instances(company.pk)), None) or DocumentForms(company=company)
    of_source = next(iter(_DIMENSIONS.instances(company.pk, system)), None)
    location = of_source.quickbooks_location if of_source else ""
    return Choices(
        row=row,
        source_class=of_source.quickbooks_class if of_source else "",
        source_location=location,
        locations=_dimensions(QuickBooksLocation, company, {location}),
        tax_code=_tax_code(company, row.sales_tax_code) if row.sales_tax_as == TaxAs.QUICKBOOKS else None,
        has_untaxed_code=_has_untaxed_code(company),
    )


_FORMS = KeptQuery(lambda company: DocumentForms.objects.filter(company=company))
_DIMENSIONS = KeptQuery(lambda company, system: SourceDimensions.objects.filter(company=company, system=system))


def uses_taxable(company: Company) -> bool:
    """Whether it matters which products are taxed: with QuickBooks' own sales tax, or where it was decided already."""
    own_tax = DocumentForms.objects.filter(company=company, sales_tax_as=TaxAs.QUICKBOOKS).exists()
    is_desktop = company.kind == CompanyKind.DESKTOP
    return (own_tax and not is_desktop) or Product.objects.filter(company=company).exclude(taxable="").exists()


def classes_of(company: Company, names: set[str]) -> Mapping[str, ListRef]:
    """Active classes by full name; no query where none is asked for."""
    return _dimensions(QuickBooksClass, company, names)


def forms_of(
    company: Company,
    chosen: Choices,
    *,
    items: Mapping[str, tuple[ItemRef, ...]],
    own_receivable: AccountRef | None,
) -> Forms:
    """The choices with their names looked up; what QuickBooks does not have is a problem of every document.

    Args:
        company: Whose choices.
        chosen: As stored.
        items: By name; must hold `chosen.item_names`.
        own_receivable: The receivable account that QuickBooks' own forms move.
    """
    row, problems = chosen.row, list[Problem]()
    desktop = company.kind == CompanyKind.DESKTOP
    quickbooks_tax = row.sales_tax_as == TaxAs.QUICKBOOKS and not desktop
    if quickbooks_tax and row.sales_tax_code and chosen.tax_code is None:
        problems.append(_unknown("sales tax code", row.sales_tax_code))
    location = chosen.locations.get(chosen.source_location)
    if chosen.source_location and not location and not desktop:
        problems.append(_unknown("location", chosen.source_location))
    return Forms(
        sales_receipts=row.sales_receipts,
        discount_lines=row.discounts_as == DiscountsAs.LINE and not desktop,
        quickbooks_tax=quickbooks_tax,
        tax_code=chosen.tax_code,
        has_untaxed_code=chosen.has_untaxed_code,
        credit_item=_item(row.credit_item, items, problems),
        refund_item=_item(row.refund_item, items, problems),
        own_receivable=own_receivable,
        names_accounts=desktop,
        location=None if desktop else location,
        problems=tuple(problems),
    )


def _item(name: str, items: Mapping[str, tuple[ItemRef, ...]], problems: list[Problem]) -> ItemRef | None:
    found = items.get(name, ()) if name else ()
    if name and len(found) != 1:
        problems.append(_unknown("item", name))
    return found[0] if len(found) == 1 else None


def _unknown(what: str, name: str) -> Problem:
    return ChoiceNotInQuickBooks(what=what, name=name, used_by=DOCUMENT_FORMS)


def _dimensions(
    model: type[QuickBooksClass | QuickBooksLocation], company: Company, names: set[str]
) -> Mapping[str, ListRef]:
    wanted = names - {""}
    if not wanted:
        return {}
    rows = model.objects.filter(company=company, active=True, full_name__in=wanted)
    return {row.full_name: ListRef(quickbooks_id=row.quickbooks_id, name=row.full_name) for row in rows}


def _has_untaxed_code(company: Company) -> bool:
    """Whether lines can be told apart from those that QuickBooks would tax by itself."""
    if company.kind == CompanyKind.DESKTOP:
        return False
    return bool(_UNTAXED.rows(company.pk))


_UNTAXED = KeptQuery(
    lambda company: QuickBooksTaxCode.objects.filter(company=company, active=True, quickbooks_id=UNTAXED).values_list(
        "pk"
    )
)


def _tax_code(company: Company, name: str) -> TaxCode | None:
    row = QuickBooksTaxCode.objects.filter(company=company, active=True, name=name).first() if name else None
    if row is None:
        return None
    ids = [rate for rate in row.rate_ids.split(",") if rate]
    rates = QuickBooksTaxRate.objects.filter(company=company, quickbooks_id__in=ids).values_list("percent", flat=True)
    known = [rate for rate in rates if rate is not None]
    percent = sum(known, start=Decimal(0)) if ids and len(known) == len(ids) else None
    return TaxCode(quickbooks_id=row.quickbooks_id, name=row.name, percent=percent)


# What credits and refunds become -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PostingItem:
    """One of the two choices of an item, and the posting accounts that it has to fit."""

    debit: PostingRole
    credit: PostingRole
    #: Sentences about what the records become.
    own_form: str
    entry: str
    #: What is not posted while a posting account is missing, or while both are receivable accounts.
    nothing: str
    two_receivables: str
    no_item: str


CREDIT_ITEM = PostingItem(
    debit=PostingRole.CREDIT_DEBIT,
    credit=PostingRole.CREDIT_CREDIT,
    own_form=gettext_noop("Credits become QuickBooks credit memos."),
    entry=gettext_noop("Credits become journal entries, because %(why)s"),
    nothing=gettext_noop("No credit is posted until the %(missing)s is set."),
    two_receivables=gettext_noop(
        "No credit is posted: %(debit)s and %(credit)s are both receivable accounts, and a journal entry names the "
        "customer on one line only."
    ),
    no_item=gettext_noop("no item is chosen for credits."),
)
REFUND_ITEM = PostingItem(
    debit=PostingRole.REFUND_DEBIT,
    credit=PostingRole.REFUND_CREDIT,
    own_form=gettext_noop("Refunds become QuickBooks refund receipts."),
    entry=gettext_noop("Refunds become journal entries, because %(why)s"),
    nothing=gettext_noop("No refund is posted until the %(missing)s is set."),
    two_receivables=gettext_noop(
        "No refund is posted: %(debit)s and %(credit)s are both receivable accounts, and a journal entry names the "
        "customer on one line only."
    ),
    no_item=gettext_noop("no item is chosen for refunds."),
)
#: By the field of the document forms.
POSTING_ITEMS: Mapping[str, PostingItem] = {"credit_item": CREDIT_ITEM, "refund_item": REFUND_ITEM}
_DESKTOP = gettext_lazy("Credits are written as credit memos, whose line posts to the %(debit)s.")


class PostingItems:
    """A company's posting accounts and the items that could be chosen for them; few queries for any number of items."""

    def __init__(self, company: Company) -> None:
        """Read nothing yet."""
        self.company = company

    def follows(self, kind: PostingItem, name: str) -> str:
        """What the records become with this item, as a sentence; `name` may be empty, and must else be an item's."""
        if self.company.kind == CompanyKind.DESKTOP:
            return str(_DESKTOP) % {"debit": self._label(kind.debit)}
        if missing := [self._label(role) for role in (kind.debit, kind.credit) if role not in self.accounts]:
            return _(kind.nothing) % {"missing": " / ".join(missing)}
        why = self._why_not(kind, name)
        if not why:
            return _(kind.own_form)
        debit, credit = self.accounts[kind.debit], self.accounts[kind.credit]
        if debit.account_type in RECEIVABLE_TYPES and credit.account_type in RECEIVABLE_TYPES:
            return _(kind.two_receivables) % {"debit": self._label(kind.debit), "credit": self._label(kind.credit)}
        return _(kind.entry) % {"why": why}

    def describe(self, kind: PostingItem, name: str) -> str:
        """Which income account an item has, and whether it is the posting account."""
        income = self.income_of(name)
        if income is None:
            return ""
        words = {"account": income.path, "setting": self._label(kind.debit)}
        debit = self.accounts.get(kind.debit)
        if debit is not None and debit.quickbooks_id == income.quickbooks_id:
            return _("Income account: %(account)s, the %(setting)s.") % words
        return _("Income account: %(account)s, not the %(setting)s.") % words

    def income_of(self, name: str) -> AccountRef | None:
        """The income account of the one active item of that name; None where there is none, or more than one."""
        accounts = self._income.get(name, ())
        return self._accounts.get(accounts[0]) if len(accounts) == 1 else None

    def _why_not(self, kind: PostingItem, name: str) -> str:
        """Why QuickBooks' own form does not fit; empty where it does."""
        credit = self.accounts[kind.credit]
        if not self._credits(kind, credit):
            words = {"setting": self._label(kind.credit), "account": credit.path}
            if kind is REFUND_ITEM:
                return _("the %(setting)s, %(account)s, is not a bank account.") % words
            own = self.own_receivable
            words["own"] = own.path if own else ""
            return _("the %(setting)s is %(account)s, and QuickBooks' own credit memos credit %(own)s.") % words
        if not name:
            return _(kind.no_item)
        income, debit = self.income_of(name), self.accounts[kind.debit]
        if income is not None and income.quickbooks_id == debit.quickbooks_id:
            return ""
        words = {"item": name, "setting": self._label(kind.debit), "debit": debit.path}
        if income is None:
            return _("“%(item)s” has no income account that is known, and the %(setting)s is %(debit)s.") % words
        words["account"] = income.path
        return _("the income account of “%(item)s” is %(account)s, and the %(setting)s is %(debit)s.") % words

    def _credits(self, kind: PostingItem, credit: AccountRef) -> bool:
        """Whether QuickBooks' own form can credit this account."""
        if kind is REFUND_ITEM:
            return credit.account_type in DEPOSIT_TYPES
        own = self.own_receivable
        return own is None or own.quickbooks_id == credit.quickbooks_id

    def _label(self, role: PostingRole) -> str:
        return _(role.label)

    @cached_property
    def accounts(self) -> Mapping[PostingRole, AccountRef]:
        """The posting accounts that are set and that QuickBooks has."""
        paths = posting_paths(self.company)
        by_path = {account.path: account for account in self._accounts.values()}
        return {role: by_path[path] for role, path in paths.items() if path in by_path}

    @cached_property
    def own_receivable(self) -> AccountRef | None:
        """The receivable account that QuickBooks' own forms move."""
        return own_receivable(self._accounts.values())

    @cached_property
    def _accounts(self) -> Mapping[str, AccountRef]:
        rows = QuickBooksAccount.objects.filter(company=self.company, active=True)
        return _account_refs(tuple(rows.values_list("quickbooks_id", "full_name", "account_type")))

    @cached_property
    def _income(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of income accounts by what an item can be called: its full name, its last level, its number."""
        rows = QuickBooksItem.objects.filter(company=self.company, active=True).exclude(item_type__in=NOT_FOR_SALE)
        return _income_accounts(tuple(rows.values_list("full_name", "name", "sku", "income_account_id")))


# Kept for as long as a list stays as it is, like those of `mapping.company_lists`


@lru_cache(maxsize=16)
def _account_refs(rows: tuple[tuple[str, str, str], ...]) -> Mapping[str, AccountRef]:
    return {key: AccountRef(quickbooks_id=key, path=path, account_type=kind) for key, path, kind in rows}


@lru_cache(maxsize=16)
def _income_accounts(rows: tuple[tuple[str, str, str, str], ...]) -> Mapping[str, tuple[str, ...]]:
    by_text: dict[str, tuple[str, ...]] = {}
    for full, name, sku, key in rows:
        for text in {full, name, sku} - {""}:
            by_text[text] = (*by_text.get(text, ()), key)
    return by_text
