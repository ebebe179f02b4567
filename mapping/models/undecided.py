"""Which products may wait for a person? Written by whatever changes a product, or by what products are found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction

from companies.models import Company

Row = TypeVar("Row", bound=models.Model)


class UndecidedProduct(models.Model):
    """A product of which it is not known that it is found in QuickBooks; all others of the company are found.

    Written in the transaction that changes something, so that none is forgotten. Rows are added and deleted, and never
    unique: two transactions that change one product do not wait for each other here.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    #: Its primary key; None where any product of the company may be meant.
    product = models.BigIntegerField(null=True)
    #: Whether it was looked at since, and still waits.
    waits = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.product)


#: What is written and what is noted of it are there both or neither, whatever ends in between.
_together = transaction.atomic(savepoint=False)


def touch_products(products: Iterable[tuple[int, int | None]]) -> None:
    """Have products looked at again, each with its company's number; None is all of the company."""
    rows = [UndecidedProduct(company_id=company, product=number) for company, number in dict.fromkeys(products)]
    if rows:
        UndecidedProduct.objects.bulk_create(rows)


class TouchingRows(models.QuerySet[Row]):
    """Rows by which products are found: a change of any has all products of its company looked at again."""

    #: Fields by which nothing is found.
    IDLE: ClassVar = frozenset(
        {
            *("changed_at", "sync_token", "income_account_id", "account_subtype", "number"),
            *("invoice_creation", "customer_sync", "number_prefix", "create_items", "create_since"),
        }
    )

    @_together
    def bulk_create(self, objs: Iterable[Row], *arguments: Any, **options: Any) -> list[Row]:
        """Write new ones, or what is said of known ones now."""
        rows = super().bulk_create(objs, *arguments, **options)
        touch_products((row.company_id, None) for row in rows)  # type: ignore[attr-defined]
        return rows

    @_together
    def update(self, **values: Any) -> int:
        """Give them all the same values."""
        companies = [] if self.IDLE.issuperset(values) else self._companies()
        number = super().update(**values)
        touch_products(companies)
        return number

    @_together
    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them."""
        companies = self._companies()
        deleted = super().delete()
        touch_products(companies)
        return deleted

    update.alters_data = True  # type: ignore[attr-defined]
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _companies(self) -> list[tuple[int, None]]:
        return [(company, None) for company in self.order_by().values_list("company_id", flat=True).distinct()]


class TouchingRow(models.Model):
    """One of them."""

    company_id: int

    class Meta:
        abstract = True

    @_together
    def save(self, *arguments: Any, **options: Any) -> None:
        """Write it, and have the products looked at again."""
        super().save(*arguments, **options)
        touch_products([(self.company_id, None)])

    @_together
    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete it, and have the products looked at again."""
        touch_products([(self.company_id, None)])
        return super().delete(*arguments, **options)


class ProductRows(models.QuerySet[Row]):
    """Products: one that is new or changed is looked at again."""

    #: Fields by which nothing is found.
    IDLE: ClassVar = frozenset({"kind", "description", "price", "quickbooks_class", "taxable"})

    @_together
    def bulk_create(self, objs: Iterable[Row], *arguments: Any, **options: Any) -> list[Row]:
        """Write new ones; the numbers of those that may be there already are asked for."""
        rows: list[Any] = super().bulk_create(objs, *arguments, **options)
        touch_products((row.company_id, row.pk) for row in rows if row.pk)
        keys: dict[tuple[int, str], list[str]] = {}
        for row in rows:
            if not row.pk:
                keys.setdefault((row.company_id, row.system), []).append(row.source_key)
        for (company, system), some in keys.items():
            of_source = self.model._default_manager.filter(company=company, system=system, source_key__in=some)
            touch_products(of_source.values_list("company_id", "pk"))
        return rows

    @_together
    def update(self, **values: Any) -> int:
        """Give them all the same values, or each its own, as `bulk_update` does."""
        changed = [] if self.IDLE.issuperset(values) else list(self.order_by().values_list("company_id", "pk"))
        number = super().update(**values)
        touch_products(changed)
        return number

    update.alters_data = True  # type: ignore[attr-defined]
