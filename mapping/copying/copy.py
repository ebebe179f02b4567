"""How do one company's decisions come to another company, and what of them cannot?

Decisions are names, so they are copied as names, each checked against the target's own lists. A name that the target
does not have is not copied: what was there stays, and the report says so. While the target's lists have never been
read, names are copied unchecked. Nothing is ever cleared: an empty field is no decision.
Source: docs/howto/copy-decisions.md
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from companies.models import Company, take_turns
from companies.signals import announce
from mapping.copying.customers import copy_customers
from mapping.copying.report import Copy, CopyReport, MissingInTarget, Stayed, copied, decides, save, take_over, what_is
from mapping.decision_fields import PRODUCT_DECISIONS
from mapping.models import (
    DocumentForms,
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    Product,
    SourceCustomerRules,
    SourceDimensions,
    SourceEvent,
    SourceItemRules,
    StatusWord,
    payment_method,
    status_word,
)
from mapping.shared_skus import shared_skus


def copy_decisions(
    source: Company,
    target: Company,
    *,
    by: User | None,
    dry_run: bool = False,
    same_records: bool | None = None,
) -> CopyReport:
    """Copy every decision on how orders are posted and, between twins, customer rules, all at once.

    Args:
        source: Whose decisions.
        target: Who gets them; what it has decided and the source has not, stays.
        by: Who copies, for the history.
        dry_run: Only say what it would do.
        same_records: Whether both read the same source, so that an id there means the same record in both. Then
            products that the target lacks are added, and customers are copied too. Otherwise a product is the same
            only by its name, and customers are left alone: they are other people. None: true between a company and
            its rehearsal.

    Raises:
        ValueError: Source and target are one company.
    """
    if source.pk == target.pk:
        raise ValueError("a company's decisions cannot be copied to itself")
    same = are_twins(source, target) if same_records is None else same_records
    with transaction.atomic():
        take_turns(target)
        copy = Copy(source=source, target=target, by=by, saving=not dry_run)
        _copy_products(copy, same_records=same)
        _copy_line_types(copy)
        _copy_single(copy, PostingAccounts)
        _copy_methods(copy)
        _copy_single(copy, DocumentForms)
        _copy_statuses(copy, same_records=same)
        if same:
            _copy_of_sources(copy, SourceDimensions)
            _copy_of_sources(copy, SourceCustomerRules)
            _copy_of_sources(copy, SourceItemRules)
            _copy_of_sources(copy, SourceEvent)
            copy_customers(copy)
        report = copy.report()
        if report.does_anything and not dry_run:
            # sync prepares again what is not sent, reconciliation gathers the issues
            announce(target, by=by)
    return report


def are_twins(one: Company, other: Company) -> bool:
    """Whether one of them is the rehearsal of the other, so that both read the same source."""
    return getattr(one, "rehearsal_of_id", None) == other.pk or getattr(other, "rehearsal_of_id", None) == one.pk


# Products ------------------------------------------------------------------------------------------------------------


def _copy_products(copy: Copy, *, same_records: bool) -> None:
    places = _Places(copy.target, same_records=same_records)
    changed, new = [], []
    before: dict[tuple[str, str], str] = {}
    for product in Product.objects.filter(company=copy.source).order_by("name", "pk"):
        place = places.of(product)
        if place is None and not same_records:
            if decides(product, PRODUCT_DECISIONS):
                copy.stayed.append(_no_place(product, places))
            continue
        row = place or _new_product(product, copy.target)
        before[row.system, row.source_key] = row.sku_given
        touched = take_over(copy, product, row)
        if place is None:
            new.append(row)
        elif touched:
            changed.append(row)
    _leave_out_shared_skus(copy, [*new, *changed], before)
    copy.added += [product.name for product in new]
    save(copy, Product, new, changed)


def _leave_out_shared_skus(copy: Copy, rows: list[Product], before: dict[tuple[str, str], str]) -> None:
    """An entered SKU that another active product of the target has stays out, and is named."""
    label = next(decision.label for decision in PRODUCT_DECISIONS if decision.name == "sku_given")
    entered = [row for row in rows if row.sku_given and row.sku_given != before[row.system, row.source_key]]
    faults = shared_skus(copy.target, entered)
    for row in entered:
        if why := faults.get((row.system, row.source_key)):
            wanted, kept = row.sku_given, before[row.system, row.source_key]
            copy.changes.remove(copied(Product, str(row), label, kept, wanted))
            missing = MissingInTarget(
                what=what_is(Product), name=str(row), field=label, wanted=wanted, kept=kept, why=why
            )
            copy.missing.append(missing)
            row.sku_given = kept
    for row in rows:
        row.keep_compared()


class _Places:
    """The target's products, and which of them a product of the source is."""

    def __init__(self, target: Company, *, same_records: bool) -> None:
        self._same = same_records
        self.by_key: dict[tuple[str, str], Product] = {}
        self.by_name: dict[tuple[str, str], list[Product]] = {}
        for product in Product.objects.filter(company=target):
            self.by_key[product.system, product.source_key] = product
            self.by_name.setdefault((product.system, product.name), []).append(product)

    def of(self, product: Product) -> Product | None:
        if self._same:
            return self.by_key.get((product.system, product.source_key))
        # Another company's id may mean another product, so only the name counts
        named = self.by_name.get((product.system, product.name), [])
        return named[0] if len(named) == 1 else None


def _no_place(product: Product, places: _Places) -> Stayed:
    several = places.by_name.get((product.system, product.name))
    why = (
        _("The other company has more than one product of this name.")
        if several
        else _("The other company has no product of this name.")
    )
    return Stayed(what=what_is(Product), name=product.name, why=why)


def _new_product(product: Product, target: Company) -> Product:
    facts = {name: getattr(product, name) for name in ("system", "source_key", "name", "sku", "kind")}
    row = Product(company=target, **facts)
    row.keep_compared()
    return row


# Line types, posting accounts and the forms of documents --------------------------------------------------------------


def _copy_line_types(copy: Copy) -> None:
    theirs = {row.section: row for row in LineTypeDefault.objects.filter(company=copy.target)}
    changed: list[LineTypeDefault] = []
    new: list[LineTypeDefault] = []
    for row in LineTypeDefault.objects.filter(company=copy.source).order_by("pk"):
        place = theirs.get(row.section) or LineTypeDefault(company=copy.target, section=row.section)
        if take_over(copy, row, place):
            (new if place._state.adding else changed).append(place)
    save(copy, LineTypeDefault, new, changed)


def _copy_single(copy: Copy, model: type[PostingAccounts | DocumentForms]) -> None:
    """A row of which a company has one."""
    row = model.objects.filter(company=copy.source).first()
    if row is None:
        return
    place = model.objects.filter(company=copy.target).first() or model(company=copy.target)
    if take_over(copy, row, place):
        new, changed = ([place], []) if place._state.adding else ([], [place])
        save(copy, model, new, changed)


def _copy_methods(copy: Copy) -> None:
    """A method is the same by its name, in every company; one that the target has not seen yet is decided before."""
    theirs = {row.name_compared: row for row in PaymentMethod.objects.filter(company=copy.target)}
    changed: list[PaymentMethod] = []
    new: list[PaymentMethod] = []
    for row in PaymentMethod.objects.filter(company=copy.source).order_by("name", "pk"):
        place = theirs.get(row.name_compared) or payment_method(copy.target.pk, row.name)
        if take_over(copy, row, place):
            (new if place._state.adding else changed).append(place)
    save(copy, PaymentMethod, new, changed)


def _copy_of_sources(
    copy: Copy, model: type[SourceDimensions | SourceCustomerRules | SourceItemRules | SourceEvent]
) -> None:
    """What is decided for all that one source sells, for all its customers or for all its orders."""
    for row in model.objects.filter(company=copy.source).order_by("system"):
        kept = model.objects.filter(company=copy.target, system=row.system).first()
        place = kept or model(company=copy.target, system=row.system)
        if take_over(copy, row, place):
            save(copy, model, [] if kept else [place], [place] if kept else [])


def _copy_statuses(copy: Copy, *, same_records: bool) -> None:
    """A status is the same by its source and its word. One that the target has not seen yet is decided before it comes.

    A source that the target does not read has no place there.
    """
    theirs = {(row.system, row.name_compared): row for row in StatusWord.objects.filter(company=copy.target)}
    reads = {system for system, _word in theirs}
    reads |= set(Product.objects.filter(company=copy.target).values_list("system", flat=True).distinct())
    changed: list[StatusWord] = []
    new: list[StatusWord] = []
    for row in StatusWord.objects.filter(company=copy.source).order_by("system", "word", "pk"):
        place = theirs.get((row.system, row.name_compared)) or status_word(copy.target.pk, row.system, row.word)
        if not same_records and row.system not in reads:
            if row.is_decided and row.meaning != place.meaning:
                why = _("The other company has no orders of this source.")
                copy.stayed.append(Stayed(what=what_is(StatusWord), name=row.word, why=why))
        elif take_over(copy, row, place):
            (new if place._state.adding else changed).append(place)
    save(copy, StatusWord, new, changed)
