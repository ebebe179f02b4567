"""Which foreign currencies does the company deal in, and what are they worth? Lists that multicurrency brings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .. import refusals
from ..fields import Day, Field, Flag, Found, Number, Record, Shape, Text, ignored
from .base import COMMON, Entity, column, key_of
from .exchange import ONE, check_known, rate_on

if TYPE_CHECKING:
    from ..books import Books

CODE = Text(most=3, least=3, trimmed=True)


class CompanyCurrency(Entity):
    """A currency that the company has switched on."""

    name = "CompanyCurrency"
    label = "Currency"
    counter = "currency"
    columns = {
        "Code": column("text", "Code", index="Code"),
        "Name": column("text", "Name"),
        "Active": column("flag", "Active"),
    }
    indexes = {"Code": key_of("Code")}
    shape = Shape(
        type_name="CompanyCurrency",
        fields={
            **COMMON,
            "Code": Field(kind=CODE, sticky=True),
            "Name": Field(kind=Text(most=100), sticky=True),
            "Active": Field(kind=Flag(), default=True),
            **ignored("CustomField"),
        },
    )

    def first_required(self) -> str:
        return "Code"

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        refuse_without_currencies(books)
        if "Code" not in draft:
            raise refusals.missing("Code")
        if not (draft["Code"].isascii() and draft["Code"].isalpha()):
            raise refusals.coded(2220, "Invalid Currency", f"Supplied value:{draft['Code']}", "Code")
        draft["Code"] = draft["Code"].upper()
        draft["Name"] = books.show_currency(draft["Code"])["name"]
        for holder in books.store.tables["CompanyCurrency"].ids("Code", draft["Code"].lower()):
            if old is None or holder != old["Id"]:
                raise refusals.duplicate_name(holder)


class ExchangeRate(Entity):
    """What one unit of a currency was worth in home currency on a day. It has no id: code and day name it."""

    name = "ExchangeRate"
    label = "Exchange rate"
    counter = "exchange_rate"
    is_list = False
    columns = {
        "SourceCurrencyCode": column("text", "SourceCurrencyCode", index="SourceCurrencyCode"),
        "AsOfDate": column("day", "AsOfDate", index="AsOfDate"),
    }
    indexes = {"SourceCurrencyCode": key_of("SourceCurrencyCode"), "AsOfDate": key_of("AsOfDate")}
    shape = Shape(
        type_name="ExchangeRate",
        fields={
            **COMMON,
            "SourceCurrencyCode": Field(kind=CODE, sticky=True),
            "AsOfDate": Field(kind=Day(), sticky=True),
            "Rate": Field(kind=Number(least=Decimal("0.0000001")), sticky=True),
            **ignored("TargetCurrencyCode", "CustomField"),
        },
    )

    def write(self, books: Books, body: Any, *, switches: frozenset[str] = frozenset()) -> Record:
        """Set the rate of a day; there is one for each currency and day."""
        refuse_without_currencies(books)
        given = self.shape.read(body, "", Found()) or {}
        for name in ("SourceCurrencyCode", "Rate"):
            if given.get(name) is None:
                raise refusals.missing(name)
        code, day = given["SourceCurrencyCode"].upper(), given.get("AsOfDate") or books.today.isoformat()
        check_known(books, code, "SourceCurrencyCode")
        if code == books.home_currency:
            raise refusals.business("The home currency is always worth 1.")
        old = self._of_the_day(books, code, day)
        fields = {"SourceCurrencyCode": code, "AsOfDate": day, "Rate": given["Rate"]}
        return self.keep(books, {**(old or {}), **fields}, old)

    def _of_the_day(self, books: Books, code: str, day: str) -> Record | None:
        found = books.under("ExchangeRate", "SourceCurrencyCode", code.lower())
        return next((rate for rate in found if rate["AsOfDate"] == day), None)

    def without_id(self, books: Books, query: Mapping[str, str]) -> Record | None:
        """The rate of `sourcecurrencycode` as of `asofdate`, today when no day is asked for."""
        refuse_without_currencies(books)
        code = (query.get("sourcecurrencycode") or "").upper()
        if not code:
            raise refusals.missing("sourcecurrencycode")
        check_known(books, code, "sourcecurrencycode")
        day = Day().read(query.get("asofdate", ""), "asofdate", Found()) or books.today.isoformat()
        worth = ONE if code == books.home_currency else rate_on(books, code, day)
        stamp = books.clock.stamp()
        named = {"SourceCurrencyCode": code, "AsOfDate": day, "Rate": worth}
        return {"Id": "", "SyncToken": "0", "CreateTime": stamp, "LastUpdatedTime": stamp, **named}

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown.pop("Id")
        shown["TargetCurrencyCode"] = books.home_currency
        shown["MetaData"] = {"LastUpdatedTime": record["LastUpdatedTime"]}


def refuse_without_currencies(books: Books) -> None:
    """6000 while the company deals in its home currency only."""
    if not books.several_currencies:
        raise refusals.business("Multicurrency is off, so the company has no other currencies.")
