"""Which columns has the sheet of product mappings, how is a row checked, and what would it change?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export import fields, resources
from import_export.instance_loaders import BaseInstanceLoader
from tablib import Dataset

from mapping.account_uses import PRODUCT
from mapping.checking import Finding, check_account, check_item
from mapping.matching import Suggestion
from mapping.models import Company, Product
from mapping.spreadsheets import Sheet, UnreadableSheet, guarded
from mapping.states import states
from mapping.suggesting import CompanyLists

SOURCE, KEY, NAME, SKU, KIND = "Source", "ID in source", "Name", "SKU", "Kind"
ITEM, ACCOUNT, STATE = "QuickBooks Product Name", "QuickBooks Account Name", "State"
#: In the order of the export.
COLUMNS = (SOURCE, KEY, NAME, SKU, KIND, ITEM, ACCOUNT, STATE)
_ROW = "row number"
_TOO_LONG = "too long"
_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class RowReport:
    """What one row of the sheet would do, or why it cannot."""

    #: As the spreadsheet program numbers it.
    number: int
    product: str
    #: By column: what stands there now and what the sheet makes of it.
    changes: tuple[tuple[str, str, str], ...] = ()
    #: Column (empty for the whole row), sentence, and names that were perhaps meant.
    errors: tuple[tuple[str, str, tuple[Suggestion, ...]], ...] = ()
    #: Column and sentence, for texts that were corrected.
    corrections: tuple[tuple[str, str], ...] = ()
    #: Column and sentence, for what is saved and should be known.
    warnings: tuple[tuple[str, str], ...] = ()


class _Loader(BaseInstanceLoader):
    """All products of the company, read once."""

    @cached_property
    def _products(self) -> dict[tuple[str, str], Product]:
        rows = self.resource.get_queryset()
        return {(row.system, row.source_key): row for row in rows}

    def get_instance(self, row: dict[str, Any]) -> Product | None:
        return self._products.get((row.get(SOURCE, "").strip(), row.get(KEY, "").strip()))


class ProductMappings(resources.ModelResource):
    """The products of one company as a sheet: exported whole, and imported for the two QuickBooks names alone."""

    source = fields.Field(attribute="system", column_name=SOURCE)
    key = fields.Field(attribute="source_key", column_name=KEY)
    name = fields.Field(attribute="name", column_name=NAME, readonly=True)
    sku = fields.Field(attribute="sku", column_name=SKU, readonly=True)
    kind = fields.Field(attribute="kind", column_name=KIND, readonly=True)
    item = fields.Field(attribute="quickbooks_product_name", column_name=ITEM)
    account = fields.Field(attribute="quickbooks_account_name", column_name=ACCOUNT)
    state = fields.Field(column_name=STATE, readonly=True)

    class Meta:
        model = Product
        fields: ClassVar = ("source", "key", "name", "sku", "kind", "item", "account", "state")
        export_order: ClassVar = fields
        import_id_fields: ClassVar = ("source", "key")
        instance_loader_class = _Loader
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        store_instance = True
        use_transactions = True

    def __init__(self, company: Company, *, by: AbstractBaseUser | None = None) -> None:
        """Make the sheet of one company; `by` is who imports, for the history."""
        super().__init__()
        self.company = company
        self._by = by
        self._lists = CompanyLists(company)
        self._rehearsing = True
        self._reports: dict[int, RowReport] = {}
        self._seen: dict[tuple[str, str], int] = {}

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.filter(company=self.company).order_by("name", "pk")

    # In --------------------------------------------------------------------------------------------------------------

    def report(self, sheet: Sheet) -> list[RowReport]:
        """What the sheet would do, row by row; nothing is saved."""
        return self._run(sheet, rehearsing=True)

    def save(self, sheet: Sheet) -> list[RowReport]:
        """Do it, all or nothing: with an error in any row, nothing is saved. Returns the same report."""
        return self._run(sheet, rehearsing=False)

    def _run(self, sheet: Sheet, *, rehearsing: bool) -> list[RowReport]:
        self._rehearsing, self._reports, self._seen = rehearsing, {}, {}
        result = self.import_data(
            _dataset(sheet),
            dry_run=rehearsing,
            raise_errors=False,
            use_transactions=True,
            rollback_on_validation_errors=True,
        )
        for failed in (*result.base_errors, *(error for row in result.error_rows for error in row.errors)):
            raise failed.error  # a fault of ours; what a person can mend is a validation error
        return [self._reports[number] for number in sorted(self._reports)]

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        report = RowReport(number=row[_ROW], product=row.get(NAME, "") or row.get(KEY, ""))
        errors = list(self._row_errors(row))
        for column, finding in self._findings(row):
            if finding.error:
                errors.append((column, finding.error, finding.suggestions))
            elif finding.correction:
                report = replace(report, corrections=(*report.corrections, (column, finding.correction)))
            if finding.warning:
                report = replace(report, warnings=(*report.warnings, (column, finding.warning)))
            row[column] = finding.text
        self._reports[report.number] = replace(report, errors=tuple(errors))
        if errors:
            raise ValidationError([sentence for _column, sentence, _suggestions in errors])

    def after_import_row(self, row: dict[str, Any], row_result: Any, **kwargs: Any) -> None:
        report = self._reports[row[_ROW]]
        before, after = row_result.original, row_result.instance
        pairs = ((ITEM, "quickbooks_product_name"), (ACCOUNT, "quickbooks_account_name"))
        changes = tuple((column, getattr(before, name), getattr(after, name)) for column, name in pairs)
        changed = tuple(change for change in changes if change[1] != change[2])
        self._reports[report.number] = replace(report, product=after.name, changes=changed)

    def do_instance_save(self, instance: Product, is_create: bool) -> None:
        if not self._rehearsing:
            instance._history_user = self._by  # type: ignore[attr-defined]
            # Its name and number may be coming in from the source at this moment
            instance.save(update_fields=["quickbooks_product_name", "quickbooks_account_name"])

    def _row_errors(self, row: dict[str, Any]) -> Iterator[tuple[str, str, tuple[Suggestion, ...]]]:
        if row[_TOO_LONG]:
            sentence = _("The row has more cells than the header has columns: is a comma in a name without quotes?")
            yield "", sentence, ()
            return
        key = (row.get(SOURCE, "").strip(), row.get(KEY, "").strip())
        missing = [column for column, text in zip((SOURCE, KEY), key, strict=True) if not text]
        if missing:
            yield from ((column, _("The cell is empty."), ()) for column in missing)
        elif key in self._seen:
            yield "", _("The same product stands in row %(row)d already.") % {"row": self._seen[key]}, ()
        elif key not in self._known:
            sentence = _(
                "“%(source)s” has no product with the id “%(key)s”. Products appear with the orders that sell them."
            )
            yield KEY, sentence % {"source": key[0], "key": key[1]}, ()
        self._seen.setdefault(key, row[_ROW])

    @cached_property
    def _known(self) -> dict[tuple[str, str], tuple[str, str]]:
        """The two names of every product, as they are stored."""
        rows = self.get_queryset().order_by()
        columns = ("system", "source_key", "quickbooks_product_name", "quickbooks_account_name")
        return {(system, key): (item, account) for system, key, item, account in rows.values_list(*columns)}

    def _findings(self, row: dict[str, Any]) -> Iterator[tuple[str, Finding]]:
        if row[_TOO_LONG]:  # its cells stand in the wrong columns, so whatever else is said about them is wrong
            return
        item, account = self._known.get((row.get(SOURCE, "").strip(), row.get(KEY, "").strip()), ("", ""))
        if ITEM in row:
            yield ITEM, _kept(check_item(row[ITEM], self._lists), item)
        if ACCOUNT in row:
            yield ACCOUNT, _kept(check_account(row[ACCOUNT], self._lists, PRODUCT), account)

    # Out -------------------------------------------------------------------------------------------------------------

    def sheet(self) -> Dataset:
        """Every product with its mapping, safe to open in a spreadsheet program."""
        return self.export(self.get_queryset())

    def export(self, queryset: QuerySet[Product] | None = None, **kwargs: Any) -> Dataset:
        """Fill the sheet; states are looked up a few hundred products at a time."""
        data = Dataset(headers=list(COLUMNS))
        rows = queryset if queryset is not None else self.get_queryset()
        for products in _chunks(rows.iterator(chunk_size=_CHUNK)):
            with override("en"):  # the sheet is read again by its English words
                found = states(self.company, products)
            for product in products:
                product.state_words = found[product.pk].words  # type: ignore[attr-defined]
                data.append(self.export_resource(product))
        return data

    def export_field(self, field: Any, instance: Product, **kwargs: Any) -> str:
        return guarded(str(super().export_field(field, instance, **kwargs) or ""))

    def dehydrate_state(self, product: Any) -> str:
        return str(product.state_words)


def check_columns(sheet: Sheet) -> None:
    """Refuse a sheet that cannot say which product it means, or that says nothing about it.

    Raises:
        UnreadableSheet: A column is missing; the message names those that are there.
    """
    missing = [column for column in (SOURCE, KEY) if column not in sheet.columns]
    if not missing and not {ITEM, ACCOUNT} & set(sheet.columns):
        missing = [ITEM]
    if missing:
        sentence = _("The sheet has no column “%(missing)s”. It has: %(found)s.")
        raise UnreadableSheet(sentence % {"missing": missing[0], "found": ", ".join(filter(None, sheet.columns))})
    if not sheet.rows:
        raise UnreadableSheet(_("The sheet has a header and no rows."))


def _kept(finding: Finding, stored: str) -> Finding:
    """A name that is stored already is not refused, as in the forms; it is remarked on."""
    if finding.error and finding.text == stored:
        return Finding(text=stored, warning=finding.error, suggestions=finding.suggestions)
    return finding


def _dataset(sheet: Sheet) -> Dataset:
    columns = [column for column in (SOURCE, KEY, NAME, ITEM, ACCOUNT) if column in sheet.columns]
    data = Dataset(headers=[_ROW, _TOO_LONG, *columns])
    for row in sheet.rows:
        data.append([row.number, row.too_long, *(row.cells[column] for column in columns)])
    return data


def _chunks(products: Iterable[Product]) -> Iterator[list[Product]]:
    chunk: list[Product] = []
    for product in products:
        chunk.append(product)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
