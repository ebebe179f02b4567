"""How does a spreadsheet program show a number, where that is not the number itself: dates, `0017`, and €12?"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[[^\]]*\]")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
#: What may be in a format that only arranges digits, such as those of ZIP codes and phone numbers.
_ARRANGES = re.compile(r"[0#?\-() /+.]*")
_LONGEST = 60
#: `[$€-2]` shows €, and `[$-409]` nothing.
_SIGN_OF_PLACE = re.compile(r"\[\$([^\]-]+)(?:-[^\]]*)?\]")
_CODE = re.compile("[A-Z]{3}")


@lru_cache(maxsize=512)
def is_date_format(written: str) -> bool:
    """Whether a number format shows dates or times."""
    if re.search(r"\[(h+|m+|s+)\]", written, re.IGNORECASE):
        return True
    bare = _BRACKETS.sub("", _QUOTED.sub("", written.partition(";")[0]))
    return bool(re.search("[dmhysDMHYS]", bare)) and "General" not in bare


@lru_cache(maxsize=512)
def currency_sign(written: str) -> str:
    """The sign or code of a currency that a number format shows beside the number; empty for none.

    What a workbook merely writes beside a number, such as `"kg"`, is none.
    """
    if len(written) > _LONGEST * 4:
        return ""
    section = written.partition(";")[0]
    if found := _SIGN_OF_PLACE.search(section):
        return found[1].strip()
    section = _BRACKETS.sub("", section)
    beside = [(quoted or escaped).strip() for quoted, escaped in _LITERAL.findall(section)]
    code = next((text for text in beside if _CODE.fullmatch(text)), "")
    sign = next((mark for mark in section if unicodedata.category(mark) == "Sc"), "")
    return code or next((text for text in beside if sign and sign in text), sign)


def shown_by(written: str, number: Decimal) -> str | None:
    """The digits as a format arranges them; None for a format that shows the plain number, however rounded.

    Only formats that keep zeros in front, or put marks between the digits, arrange anything: `0000`, `00000-0000`,
    `(000) 000-0000`.
    """
    if not written or number < 0 or number != number.to_integral_value(ROUND_HALF_UP):
        return None
    pattern = _pattern(written, is_short=number <= 9_999_999)
    if pattern is None:
        return None
    digits, shown = list(str(int(number)) if number else ""), []
    for mark in reversed(pattern):
        if mark not in "0#?":
            shown.append(mark)
        elif digits:
            shown.append(digits.pop())
        elif mark == "0":
            shown.append("0")
    if digits:  # more of them than places
        first = next(position for position, mark in enumerate(pattern) if mark in "0#?")
        shown[len(shown) - first : len(shown) - first] = reversed(digits)
    return "".join(reversed(shown)).strip()


@lru_cache(maxsize=512)
def _pattern(written: str, *, is_short: bool) -> str | None:
    """The places and marks of a format; None for one that arranges nothing."""
    if len(written) > _LONGEST:
        return None
    sections = written.split(";")
    section = sections[0]
    if section.startswith("[<=9999999]"):  # a phone number with or without its area
        section = section if is_short or len(sections) < 2 else sections[1]
    bare = _LITERAL.sub(lambda found: found[1] or found[2] or "", _BRACKETS.sub("", section))
    if not _ARRANGES.fullmatch(bare) or "." in bare or not re.search("[0#?]", bare):
        return None
    places = re.sub("[^0#?]", "", bare)
    arranges = "0" in places[:-1] or bare != places
    return bare if arranges else None
