"""What sales tax does a form bear? Given, by a code's rates, or worked out by QuickBooks from the address.

Off: none. Manual: lines say TAX or NON and the form, or else its customer, names a code. Automated: the ship-to address
decides. In both, a `TotalTax` that the client gives is honored and shared over the rates. Outside the US each line
names a code itself, and its amount may include the tax.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import (
    Amount,
    Choice,
    Field,
    Flag,
    Group,
    Many,
    Number,
    Record,
    Shape,
    Word,
    cents,
    ignored,
    shape,
    trimmed,
)
from ..ledger import NOTHING

if TYPE_CHECKING:
    from ..books import Books

TAX_LINE = Shape(
    type_name="Line",
    fields={
        "Amount": Field(kind=Amount()),
        "DetailType": Field(kind=Choice(of=("TaxLineDetail",), enumeration="LineDetailTypeEnum")),
        "TaxLineDetail": Field(
            kind=Group(
                shape=Shape(
                    type_name="TaxLineDetail",
                    fields={
                        "TaxRateRef": Field(kind=Word()),
                        "PercentBased": Field(kind=Flag()),
                        "TaxPercent": Field(kind=Number()),
                        "NetAmountTaxable": Field(kind=Amount()),
                        **ignored("TaxInclusiveAmount", "OverrideDeltaAmount", "ServiceDate"),
                    },
                )
            )
        ),
        **ignored("Id", "LineNum", "Description", "LinkedTxn", "CustomField", "LineEx"),
    },
)
TAX_DETAIL = Field(
    kind=Group(shape=shape("TxnTaxDetail", TxnTaxCodeRef=Word(), TotalTax=Amount(), TaxLine=Many(shape=TAX_LINE)))
)
CALCULATION = Field(
    kind=Choice(of=("TaxExcluded", "TaxInclusive", "NotApplicable"), enumeration="GlobalTaxCalculationEnum")
)
MOST_TAXED_LINES = 750


def using_tax(books: Books) -> bool:
    """Whether the company charges sales tax."""
    return bool(books.preferences["TaxPrefs"].get("UsingSalesTax"))


def automated(books: Books) -> bool:
    """Whether QuickBooks itself works the tax out."""
    return bool(books.preferences["TaxPrefs"].get("PartnerTaxEnabled")) and books.in_the_us


def code_of_line(books: Books, given: str | None, item: Record) -> str:
    """The tax code that a line bears.

    Raises:
        Refused: 6100, or the form lacks a code outside the US.
    """
    if not books.in_the_us:
        if using_tax(books) and given is None:
            raise refusals.business("Make sure all your transactions have a tax rate before you save.")
        if using_tax(books) and books.get("TaxCode", given) is None:
            raise refusals.bad_reference("TaxCodes", given)
        return given if given is not None and using_tax(books) else "NON"
    code = given or ("TAX" if automated(books) and item.get("Taxable") else "NON")
    if code not in ("TAX", "NON"):
        raise refusals.coded(
            6100,
            "Invalid Tax Code",
            "The tax code of a line must be TAX or NON.",
            "Line.SalesItemLineDetail.TaxCodeRef",
        )
    return code if using_tax(books) else "NON"


def settle_tax(books: Books, draft: Record, old: Record | None, sales: list[Record], discount: Decimal) -> Decimal:
    """Set `TxnTaxDetail` of a form and return the tax.

    Args:
        books: The company's books.
        draft: The form; its `TxnTaxDetail` is replaced.
        old: Its former version; a tax given for that one stays until the client says otherwise.
        sales: Its lines with an item, those inside bundles too.
        discount: The form's discount, not below zero.
    """
    asked = draft.get("TxnTaxDetail") or {}
    kept = old is not None and draft.get("TxnTaxDetail") is old.get("TxnTaxDetail")
    given = asked.get("TotalTax") if not kept or (old or {}).get("_tax_given") else None
    draft.pop("_tax_given", None)
    foreign = not books.in_the_us
    if not foreign:
        draft.pop("GlobalTaxCalculation", None)
    if not using_tax(books) or (foreign and draft.get("GlobalTaxCalculation") == "NotApplicable"):
        if using_tax(books) and not kept and asked:
            raise refusals.coded(6170, "Invalid tax detail", "TxnTaxDetail is not allowed with NotApplicable.")
        draft["TxnTaxDetail"] = {"TotalTax": 0}
        return NOTHING
    if given is None and not kept and asked.get("TaxLine"):
        given = sum((line.get("Amount", NOTHING) for line in asked["TaxLine"]), NOTHING)
    if given is not None and given < 0:
        raise refusals.coded(2290, "Negative amount", "The tax of a form cannot be below 0.", "TxnTaxDetail.TotalTax")
    taxed = [line for line in sales if line["SalesItemLineDetail"].get("TaxCodeRef", "NON") != "NON"]
    if len(taxed) > MOST_TAXED_LINES:
        raise refusals.business(f"A transaction with sales tax can have at most {MOST_TAXED_LINES} lines.")
    bases = _bases(books, draft, asked, taxed, _share(draft, sales, taxed, discount))
    code = asked.get("TxnTaxCodeRef") or (bases[0][0]["Id"] if bases and books.in_the_us else None)
    if given is None and includes_tax(books, draft):
        given = sum((included_tax(line["SalesItemLineDetail"], line["Amount"]) for line in taxed), NOTHING)
        draft["TxnTaxDetail"] = detail = _detail(books, bases, given)
        return given
    draft["TxnTaxDetail"] = detail = _detail(books, bases, given)
    if code is not None and not automated(books):
        draft["TxnTaxDetail"] = detail = {"TxnTaxCodeRef": code, **detail}
    if given is not None:
        draft["_tax_given"] = True
    return Decimal(detail["TotalTax"]) + NOTHING


def _share(draft: Record, sales: list[Record], taxed: list[Record], discount: Decimal) -> Decimal:
    """The part of the discount that lowers what is taxed."""
    whole = sum((line["Amount"] for line in sales), NOTHING)
    if not discount or not draft.get("ApplyTaxAfterDiscount") or not whole:
        return NOTHING
    return cents(discount * sum((line["Amount"] for line in taxed), NOTHING) / whole)


def _bases(
    books: Books, draft: Record, asked: Record, taxed: list[Record], less: Decimal
) -> list[tuple[Record, Decimal]]:
    """Each tax code that applies, with the net amount that it taxes."""
    if not books.in_the_us:
        found: dict[str, Decimal] = {}
        for line in taxed:
            code = line["SalesItemLineDetail"]["TaxCodeRef"]
            found[code] = found.get(code, NOTHING) + line["Amount"]
        return [(books.named("TaxCode", code), amount) for code, amount in found.items()]
    net = sum((line["Amount"] for line in taxed), NOTHING) - less
    if automated(books):
        code = _code_by_address(books, draft)
    else:
        named = asked.get("TxnTaxCodeRef")
        code = books.get("TaxCode", named) if named is not None else _code_of_customer(books, draft)
        if named is not None and (code is None or not code["TaxGroup"]):
            raise refusals.bad_reference("TaxCodes", named)
    return [(code, net)] if code is not None else []


def _code_of_customer(books: Books, draft: Record) -> Record | None:
    """The code that a form without one bears: its customer's own, unless the customer is exempt."""
    customer = books.get("Customer", draft.get("CustomerRef")) or {}
    code = books.get("TaxCode", customer.get("DefaultTaxCodeRef")) if customer.get("Taxable", True) else None
    return code if code is not None and code["Active"] and code["TaxGroup"] else None


def includes_tax(books: Books, draft: Record) -> bool:
    """Whether the lines of a form tell amounts that include the tax."""
    return not books.in_the_us and using_tax(books) and draft.get("GlobalTaxCalculation") == "TaxInclusive"


def take_out_tax(books: Books, line: Record) -> Record:
    """A line whose `TaxInclusiveAmt` was given, with its net amount; one without it, with its gross."""
    detail = line["SalesItemLineDetail"]
    code = books.get("TaxCode", detail.get("TaxCodeRef"))
    percent = sum((rate["RateValue"] for rate in _rates(books, code)), Decimal(0)) if code is not None else Decimal(0)
    gross = detail.get("TaxInclusiveAmt")
    if not gross:
        gross = line["Amount"] + cents(line["Amount"] * percent / 100)
        return {**line, "SalesItemLineDetail": {**detail, "TaxInclusiveAmt": gross}}
    net = cents(gross / (1 + percent / 100))
    if detail.get("Qty") and detail.get("UnitPrice"):
        price = trimmed((net / detail["Qty"]).quantize(Decimal("0.0000001")))
        detail = {**detail, "UnitPrice": price}
    return {**line, "Amount": net, "SalesItemLineDetail": detail}


def included_tax(detail: Record, net: Decimal) -> Decimal:
    """The tax inside a line's gross amount."""
    return Decimal(detail["TaxInclusiveAmt"]) - net


def _code_by_address(books: Books, draft: Record) -> Record | None:
    """Sales inside the company's own state bear its first tax code; others, and customers who are exempt, none."""
    customer = books.get("Customer", draft.get("CustomerRef")) or {}
    codes = [book for book in books.all("TaxCode") if book["Active"] and book["TaxGroup"]]
    if not customer.get("Taxable", True) or not codes:
        return None
    home = books.named("CompanyInfo", "1").get("CompanyAddr", {}).get("CountrySubDivisionCode")
    sent_to = draft.get("ShipAddr") or customer.get("ShipAddr") or customer.get("BillAddr") or {}
    return codes[0] if sent_to.get("CountrySubDivisionCode", home) == home else None


def _detail(books: Books, bases: list[tuple[Record, Decimal]], given: Decimal | None) -> Record:
    rates = [(rate, net) for code, net in bases for rate in _rates(books, code)]
    amounts = [cents(net * rate["RateValue"] / 100) for rate, net in rates]
    if given is not None and rates:
        amounts = _spread(given, [net * rate["RateValue"] for rate, net in rates])
    lines = [_line(rate, net, amount) for (rate, net), amount in zip(rates, amounts, strict=True)]
    total = given if given is not None else sum(amounts, NOTHING)
    return {"TotalTax": total, **({"TaxLine": lines} if lines else {})}


def _rates(books: Books, code: Record) -> Iterable[Record]:
    listed = code.get("SalesTaxRateList", {}).get("TaxRateDetail", [])
    return [books.named("TaxRate", detail["TaxRateRef"]) for detail in listed]


def _spread(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """A total shared by weight; the last share takes what rounding leaves."""
    whole = sum(weights, Decimal(0))
    shares = [cents(total * weight / whole) if whole else NOTHING for weight in weights[:-1]]
    return [*shares, total - sum(shares, NOTHING)]


def _line(rate: Record, net: Decimal, amount: Decimal) -> Record:
    detail = {
        "TaxRateRef": rate["Id"],
        "PercentBased": True,
        "TaxPercent": rate["RateValue"],
        "NetAmountTaxable": net,
    }
    return {"Amount": amount, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}
