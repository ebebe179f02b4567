"""Which foreign currencies does the company deal in? A list that is there only with multicurrency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Field, Flag, Record, Shape, Text, ignored
from .base import COMMON, Entity, column, key_of

if TYPE_CHECKING:
    from ..books import Books


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
            "Code": Field(kind=Text(most=3, least=3, trimmed=True), sticky=True),
            "Name": Field(kind=Text(most=100), sticky=True),
            "Active": Field(kind=Flag(), default=True),
            **ignored("CustomField"),
        },
    )

    def first_required(self) -> str:
        return "Code"

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        if not books.preferences["CurrencyPrefs"].get("MultiCurrencyEnabled"):
            raise refusals.business("Multicurrency is off, so the company has no other currencies.")
        if "Code" not in draft:
            raise refusals.missing("Code")
        if not (draft["Code"].isascii() and draft["Code"].isalpha()):
            raise refusals.coded(2220, "Invalid Currency", f"Supplied value:{draft['Code']}", "Code")
        draft["Code"] = draft["Code"].upper()
        draft["Name"] = books.show_currency(draft["Code"])["name"]
        for holder in books.store.tables["CompanyCurrency"].ids("Code", draft["Code"].lower()):
            if old is None or holder != old["Id"]:
                raise refusals.duplicate_name(holder)
