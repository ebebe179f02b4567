"""How much of each field does QuickBooks keep? The one table of the texts that are sent, for Online and for Desktop.

Everything that is sent is measured by it before it is sent, and `docs/reference/field-lengths.md` is made of it. What
says who or which is asked about; what is there to be read is shortened, visibly, and said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from books.translation import gettext_noop

#: Put at the end of what was shortened.
SHORTENED = "…"
#: Begins the line below a memo by which a document is recognized, with its key.
MARK = "Tieout "


class WhenLonger(StrEnum):
    """What becomes of a text that is longer than QuickBooks keeps it."""

    #: An issue names field, value and limit, and has its fixes on the spot.
    ASKED = "asked"
    #: It is cut, ends in a sign that says so, and the order or the file says it.
    SHORTENED = "shortened"
    #: Its beginning is sent, and all of it is in the memo.
    IN_MEMO = "in-memo"
    #: It is made short enough, and stays apart from every other.
    MADE_UNIQUE = "made-unique"
    #: What it is for is refused before anything is sent, with a sentence.
    REFUSED = "refused"
    #: It is made by Tieout, and always fits.
    FITS = "fits"

    @property
    def label(self) -> str:
        """What becomes of it, for a reader."""
        return {
            "asked": gettext_noop("an issue, with its fixes on the spot"),
            "shortened": gettext_noop("shortened at its end, and reported"),
            "in-memo": gettext_noop("its beginning is sent, all of it is in the memo, and the order says so"),
            "made-unique": gettext_noop("shortened with a mark that keeps it distinct, and reported"),
            "refused": gettext_noop("not sent; the sentence names value and limit"),
            "fits": gettext_noop("made by Tieout, and always fits"),
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class SentField:
    """One text that is sent."""

    #: What it belongs to, as a bookkeeper calls it.
    record: str
    #: What it is called in Intuit's words: a field of the API, or a column of a file.
    name: str
    label: str
    longest: int
    when_longer: WhenLonger


def _fields(record: str, *rows: tuple[str, str, int, WhenLonger]) -> tuple[SentField, ...]:
    return tuple(
        SentField(record=record, name=name, label=label, longest=longest, when_longer=then)
        for name, label, longest, then in rows
    )


_ASKED, _SHORT, _FITS = WhenLonger.ASKED, WhenLonger.SHORTENED, WhenLonger.FITS
_UNIQUE, _MEMO, _REFUSED = WhenLonger.MADE_UNIQUE, WhenLonger.IN_MEMO, WhenLonger.REFUSED

#: Source: Intuit's reference of Customer, Item, Invoice, SalesReceipt, Payment and JournalEntry.
ONLINE = (
    *_fields(
        gettext_noop("Customer"),
        ("DisplayName", gettext_noop("Customer name"), 500, _ASKED),
        ("GivenName", gettext_noop("First name"), 100, _ASKED),
        ("FamilyName", gettext_noop("Last name"), 100, _ASKED),
        ("CompanyName", gettext_noop("Company"), 100, _ASKED),
        ("PrimaryPhone", gettext_noop("Phone"), 30, _ASKED),
        ("PrimaryEmailAddr", gettext_noop("Email"), 100, _ASKED),
        ("Notes", gettext_noop("Notes"), 2000, _SHORT),
    ),
    *_fields(
        gettext_noop("Address"),
        ("Line1", gettext_noop("Address"), 500, _ASKED),
        ("Line2", gettext_noop("Address, second line"), 500, _SHORT),
        ("City", gettext_noop("City"), 255, _ASKED),
        ("CountrySubDivisionCode", gettext_noop("State"), 255, _ASKED),
        ("PostalCode", gettext_noop("ZIP code"), 30, _ASKED),
        ("Country", gettext_noop("Country"), 255, _ASKED),
    ),
    *_fields(
        gettext_noop("Transaction"),
        ("DocNumber", gettext_noop("Number"), 21, _ASKED),
        ("BillEmail", gettext_noop("Email"), 100, _ASKED),
        ("PaymentRefNum", gettext_noop("Payment reference"), 21, _MEMO),
        ("PrivateNote", gettext_noop("Memo"), 4000, _SHORT),
        ("Line.Description", gettext_noop("Description"), 4000, _SHORT),
    ),
    *_fields(
        gettext_noop("Item"),
        ("Name", gettext_noop("Item name"), 100, _REFUSED),
        ("Sku", gettext_noop("SKU"), 100, _REFUSED),
        ("PurchaseDesc", gettext_noop("Purchase description"), 1000, _FITS),
    ),
)

_ADDRESS_LINES = tuple(
    (f"{column}{line}", label, 41, _SHORT)
    for column, label in (("BADDR", gettext_noop("Billing address")), ("SADDR", gettext_noop("Shipping address")))
    for line in range(1, 6)
)

#: Source: the lengths of qbXML, which the files share; names are those of the columns.
DESKTOP = (
    *_fields(
        gettext_noop("Customer"),
        ("NAME", gettext_noop("Customer name"), 41, _UNIQUE),
        ("FIRSTNAME", gettext_noop("First name"), 25, _SHORT),
        ("LASTNAME", gettext_noop("Last name"), 25, _SHORT),
        ("COMPANYNAME", gettext_noop("Company"), 41, _SHORT),
        ("PHONE1", gettext_noop("Phone"), 21, _ASKED),
        ("EMAIL", gettext_noop("Email"), 1023, _ASKED),
        *_ADDRESS_LINES,
    ),
    *_fields(
        gettext_noop("Transaction"),
        ("DOCNUM", gettext_noop("Number"), 11, _UNIQUE),
        ("DOCNUM of a payment", gettext_noop("Payment reference"), 20, _UNIQUE),
        ("MEMO", gettext_noop("Memo or description"), 4095, _SHORT),
        *((f"ADDR{line}", gettext_noop("Address"), 41, _SHORT) for line in range(1, 6)),
        ("PAYMETH", gettext_noop("Payment method"), 31, _SHORT),
    ),
    *_fields(
        gettext_noop("Name in a list"),
        ("ACCNT", gettext_noop("Account, each level"), 31, _REFUSED),
        ("INVITEM", gettext_noop("Item, each level"), 31, _REFUSED),
        ("TERMS", gettext_noop("Terms"), 31, _REFUSED),
    ),
)

_ONLINE: Mapping[str, SentField] = {field.name: field for field in ONLINE}
_DESKTOP: Mapping[str, SentField] = {field.name: field for field in DESKTOP}


def online(name: str) -> int:
    """The most characters that QuickBooks Online keeps of a field, by its name in Intuit's reference."""
    return _ONLINE[name].longest


def desktop(column: str) -> int:
    """The most characters that QuickBooks Desktop keeps of a column."""
    return _DESKTOP[column].longest


def room_for_memo(key: str, *, is_customer: bool = False) -> int:
    """The most characters of a memo above the line by which QuickBooks' copy of a document is recognized."""
    return online("Notes" if is_customer else "PrivateNote") - len(f"\n{MARK}{key}")


def shortened(text: str, longest: int) -> str:
    """The text within a limit; where it is longer it ends in a sign that says so."""
    return text if len(text) <= longest else f"{text[: longest - len(SHORTENED)]}{SHORTENED}"
