"""Which number does this text mean, and is that certain?

People and programs write 1234.50 as `1,234.50`, `1.234,50`, `$1 234.50`, `(1,234.50)` or `1234.50-`. Each is read
when it can mean one number only. `1,234` alone can mean two, so it is refused with the question that decides it.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from unicodedata import category

from books.money import extended, is_whole, rounded, smallest_unit
from books.outside.texts import is_fine, number_of
from books.translation import gettext_noop
from sync.sources.base import DecimalMark
from sync.sources.values import BadValue

#: What QuickBooks keeps at most in one amount. Source: reference of Item, UnitPrice.
LARGEST = Decimal(99_999_999_999)

#: A binary double is exact to 15 significant digits; what comes after them is noise (74.97000000000001).
_DOUBLE = Context(prec=15, rounding=ROUND_HALF_EVEN)

_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "BMD", "BSD", "JMD"})
_SIGNS: dict[str, frozenset[str]] = {
    "$": _DOLLARS,
    "US$": frozenset({"USD"}),
    "C$": frozenset({"CAD"}),
    "CA$": frozenset({"CAD"}),
    "A$": frozenset({"AUD"}),
    "AU$": frozenset({"AUD"}),
    "NZ$": frozenset({"NZD"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP", "EGP", "GIP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
    "₽": frozenset({"RUB"}),
    "₩": frozenset({"KRW"}),
    "zł": frozenset({"PLN"}),
    "lei": frozenset({"RON", "MDL"}),
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "Fr.": frozenset({"CHF"}),
}
_KNOWN = frozenset().union(*_SIGNS.values())
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)) + "|[A-Z]{3}"
_CODE = re.compile("[A-Z]{3}")
_MINUS = "\\-\u2212\u2013"
_AMOUNT = re.compile(
    rf"(?P<open>\()?\s*(?P<sign1>[+{_MINUS}])?\s*(?P<currency1>{_SIGN})?\s*(?P<sign2>[+{_MINUS}])?\s*"
    rf"(?P<number>[0-9.,](?:[0-9.,'’ ]*[0-9.,])?)"
    rf"\s*(?P<currency2>{_SIGN})?\s*(?P<sign3>[{_MINUS}])?\s*(?P<close>\))?"
)
_WRAPPED = re.compile(r'^(?:="(.*)"|\'(.*))$', re.DOTALL)


def read_amount(text: str, *, currency: str, decimal_mark: DecimalMark | None = None) -> Decimal:
    """Read an amount of money in major units; it may have more decimals than the currency, as unit prices do.

    Args:
        text: Not blank. A currency sign or code is understood and must fit `currency`.
        currency: The order's currency.
        decimal_mark: The person's answer for a file in which `1,234` is ambiguous.

    Raises:
        BadValue: Not a number, ambiguous, in another currency, or larger than any books keep.
    """
    found = _AMOUNT.fullmatch(_unwrapped(text))
    if found is None or not _parentheses_match(found):
        raise not_an_amount()
    for sign in (found["currency1"], found["currency2"]):
        _check_currency(sign, currency)
    minuses = [sign for sign in (found["sign1"], found["sign2"], found["sign3"]) if sign]
    if len(minuses) + bool(found["open"]) > 1:
        raise not_an_amount()
    amount = tidy_amount(plain_number(found["number"], decimal_mark=decimal_mark), currency)
    return -amount if amount and (found["open"] or "".join(minuses) not in ("", "+")) else amount


def read_currency(text: str) -> str:
    """Read the code of a currency.

    Raises:
        BadValue: It has not three letters.
    """
    code = text.strip().upper()
    if _CODE.fullmatch(code):
        return code
    raise BadValue(
        "not-a-currency",
        gettext_noop("“%(value)s” is not the three-letter code of a currency."),
        gettext_noop("Use the ISO code, such as USD."),
        value=text,
    )


def read_whole_amount(text: str, *, currency: str, decimal_mark: DecimalMark | None = None) -> Decimal:
    """Read an amount that was charged or paid: a whole number of the smallest unit.

    Raises:
        BadValue: As `read_amount`, or it has a fraction of a cent.
    """
    return whole(read_amount(text, currency=currency, decimal_mark=decimal_mark), currency)


def whole(amount: Decimal, currency: str) -> Decimal:
    """The amount, provided that it is a whole number of the smallest unit.

    Raises:
        BadValue: It is not.
    """
    if is_whole(amount, currency):
        return amount
    raise BadValue(
        "fraction-of-a-cent",
        gettext_noop("%(amount)s is not a whole number of %(unit)s %(currency)s."),
        gettext_noop("Correct the amount in the source; nothing is rounded here."),
        amount=amount,
        unit=smallest_unit(currency),
        currency=currency,
    )


def read_quantity(text: str, *, decimal_mark: DecimalMark | None = None) -> Decimal:
    """Read how many, or how much by weight.

    Raises:
        BadValue: Not a number, or ambiguous.
    """
    found = _AMOUNT.fullmatch(_unwrapped(text))
    if found is None or any(found[part] for part in ("open", "close", "currency1", "currency2")):
        raise _not_a_quantity()
    signs = [sign for sign in (found["sign1"], found["sign2"], found["sign3"]) if sign]
    if len(signs) > 1:
        raise _not_a_quantity()
    quantity = tidy(plain_number(found["number"], decimal_mark=decimal_mark))
    return -quantity if quantity and signs and signs[0] != "+" else quantity


def undoubled(number: Decimal) -> Decimal:
    """A number that may have travelled as a binary double, without the noise behind its 15th digit.

    Raises:
        BadValue: Not a finite number.
    """
    if not number.is_finite():
        raise not_an_amount()
    if len(number.as_tuple().digits) <= _DOUBLE.prec:
        return number
    return tidy(_DOUBLE.plus(number))


def tidy(number: Decimal) -> Decimal:
    """The one way to write a number, so that an order reads the same however its file writes it: 2 for 2.00."""
    return Decimal(f"{number.normalize():f}")


def tidy_amount(amount: Decimal, currency: str) -> Decimal:
    """The one way to write an amount: 10.00 for 10 and 10.000; a price with a fraction of a cent keeps it."""
    return rounded(amount, currency) if is_whole(amount, currency) else tidy(amount)


def in_bounds(number: Decimal) -> Decimal:
    """The number, provided that books can keep it.

    Raises:
        BadValue: It is larger.
    """
    if not number.is_finite() or is_fine(number):
        raise not_an_amount()
    if number.adjusted() <= LARGEST.adjusted() and abs(number) <= LARGEST:
        return number
    raise BadValue(
        "too-large",
        gettext_noop("The number is larger than %(largest)s, the most that QuickBooks keeps."),
        gettext_noop("Correct it in the source and export again."),
        largest=f"{LARGEST:,}",
    )


def plain_number(text: str, *, decimal_mark: DecimalMark | None = None) -> Decimal:
    """Read digits with their decimal and grouping marks, without any sign.

    Raises:
        BadValue: The marks fit no number, or fit two.
    """
    text = text.replace("’", "'")
    decimal = decimal_mark or _decimal_mark_of(text)
    whole_part, *fraction = text.split(decimal)
    digits = _ungrouped(whole_part)
    if digits is None or len(fraction) > 1 or not all(part.isdecimal() for part in fraction):
        raise _misplaced_mark(decimal_mark)
    if not digits and not fraction:
        raise not_an_amount()
    return undoubled(in_bounds(number_of(f"{digits or '0'}.{fraction[0]}" if fraction else digits)))


def multiplied_out(quantity: Decimal, price: Decimal, currency: str) -> Decimal:
    """Quantity times price, rounded once.

    Raises:
        BadValue: It is larger than any books keep.
    """
    in_bounds(quantity * price)
    return extended(quantity, price, currency)


def not_an_amount() -> BadValue:
    """The fault of text that is no number at all."""
    return BadValue(
        "not-an-amount",
        gettext_noop("“%(value)s” is not an amount."),
        gettext_noop("Write it with digits only, such as 1234.50."),
    )


def refuse_other_sign(sign: str, currency: str) -> None:
    """Refuse an amount of a workbook whose cell shows another currency than its order's.

    Args:
        sign: As the cell shows it; one that no currency is known by is refused where the order's has another one.
        currency: The order's.

    Raises:
        BadValue: It is another one.
    """
    if sign not in _SIGNS and sign not in _KNOWN:  # a word such as NET, or the sign of a currency that has none here
        is_sign = any(category(mark) == "Sc" for mark in sign)
        if not is_sign or currency.upper() not in _KNOWN:
            return
    if currency.upper() in _SIGNS.get(sign, frozenset({sign})):
        return
    raise BadValue(
        "other-currency",
        gettext_noop("The cell shows %(value)s in %(sign)s, but the order is in %(currency)s."),
        gettext_noop("Give the order its currency in the Currency column, or correct the format of the cell."),
        sign=sign,
        currency=currency,
    )


def mixed_currencies(stated: str, currency: str) -> BadValue:
    """The fault of an amount in another currency than its order."""
    return BadValue(
        "mixed-currencies",
        gettext_noop("This amount is in %(stated)s, but the order is in %(currency)s."),
        gettext_noop("Keep one order in one currency; correct it in the source and export again."),
        stated=stated,
        currency=currency,
    )


def _not_a_quantity() -> BadValue:
    return BadValue(
        "not-a-quantity",
        gettext_noop("“%(value)s” is not a quantity."),
        gettext_noop("Write it with digits only, such as 2 or 1.5."),
    )


def _unwrapped(text: str) -> str:
    """Take off what spreadsheets put around a number kept as text, and make every kind of space a plain one."""
    found = _WRAPPED.match(text.strip())
    inner = (found[1] if found[1] is not None else found[2]) if found else text
    return re.sub(r"\s", " ", inner).strip()


def _parentheses_match(found: re.Match[str]) -> bool:
    return (found["open"] is None) == (found["close"] is None)


def _check_currency(sign: str | None, currency: str) -> None:
    if sign is None or currency.upper() in _SIGNS.get(sign, frozenset({sign})):
        return
    raise BadValue(
        "other-currency",
        gettext_noop("“%(value)s” says %(sign)s, but the order is in %(currency)s."),
        gettext_noop("Give the order its currency in the Currency column, or correct the amount."),
        sign=sign,
        currency=currency,
    )


def _decimal_mark_of(text: str) -> DecimalMark:
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    if points > 1 or commas > 1:
        return "," if points else "."
    if not points and not commas:
        return "."
    mark: DecimalMark = "." if points else ","
    before, after = text.split(mark)
    could_be_thousands = len(after) == 3 and re.fullmatch("[1-9][0-9]{0,2}", before)
    if could_be_thousands:
        raise _ambiguous(before, after)
    return mark


def _ungrouped(text: str) -> str | None:
    """The digits of a whole part; None when its grouping marks are not before every third digit."""
    marks = {mark for mark in text if not mark.isdecimal()}
    if not marks:
        return text
    if len(marks) > 1:
        return None
    mark = re.escape(marks.pop())
    return re.sub(mark, "", text) if re.fullmatch(rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+", text) else None


def _ambiguous(before: str, after: str) -> BadValue:
    return BadValue(
        "ambiguous-number",
        gettext_noop("“%(value)s” can mean %(thousands)s or %(fraction)s."),
        gettext_noop(
            "Say which mark the file uses for decimals, a period or a comma (the decimal mark), and import again."
        ),
        option="decimal_mark",
        thousands=f"{before}{after}",
        fraction=f"{before}.{after}",
    )


def _misplaced_mark(decimal_mark: DecimalMark | None) -> BadValue:
    if decimal_mark is None:
        return BadValue(
            "misplaced-mark",
            gettext_noop("The commas and periods in “%(value)s” do not fit any way of writing numbers."),
            gettext_noop("Write it with digits only, such as 1234.50."),
        )
    return BadValue(
        "misplaced-mark",
        gettext_noop("“%(value)s” does not fit the decimal mark “%(mark)s” that was given for this file."),
        gettext_noop("Correct the number, or give the other decimal mark."),
        mark=decimal_mark,
    )
