"""What may a sales form say in the company's own fields? Up to three texts that the preferences define."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Field, Ignored, Many, Record, Text, shape

if TYPE_CHECKING:
    from ..books import Books

MOST = 3
CUSTOM_FIELD = Field(
    kind=Many(
        shape=shape(
            "CustomField",
            DefinitionId=Text(most=40),
            Name=Text(most=100),
            Type=Text(most=40),
            StringValue=Text(most=31),
            BooleanValue=Ignored(),
            DateValue=Ignored(),
            NumberValue=Ignored(),
        )
    )
)


def defined(books: Books) -> dict[str, str]:
    """The names of the fields that the company uses, by their definition's id."""
    return dict(_named(books))


def _named(books: Books) -> Iterator[tuple[str, str]]:
    groups = books.preferences["SalesFormsPrefs"].get("CustomField") or []
    told = {preference["Name"]: preference for group in groups for preference in group.get("CustomField", [])}
    for place in map(str, range(1, MOST + 1)):
        used = told.get(f"SalesFormsPrefs.UseSalesCustom{place}", {}).get("BooleanValue")
        name = told.get(f"SalesFormsPrefs.SalesCustomName{place}", {}).get("StringValue")
        if used and name:
            yield place, name


def settle_custom_fields(books: Books, draft: Record) -> None:
    """Keep what is said in the company's fields.

    Raises:
        Refused: 3000, a field that the company does not have.
    """
    names = defined(books)
    said: dict[str, str] = {}
    for given in draft.pop("CustomField", None) or []:
        if given.get("DefinitionId") not in names:
            raise refusals.coded(
                3000,
                "Invalid custom field",
                f"There is no custom field with the DefinitionId {given.get('DefinitionId')}.",
                "CustomField",
            )
        if "StringValue" in given:
            said[given["DefinitionId"]] = given["StringValue"]
    if names:
        draft["CustomField"] = [
            {"DefinitionId": place, "Name": name, "Type": "StringType"}
            | ({"StringValue": said[place]} if place in said else {})
            for place, name in names.items()
        ]
