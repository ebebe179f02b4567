"""Which calendar day does this text mean, and is that certain?

A day that can be read in two ways is refused with the question that decides it, never guessed. A moment with a time
zone becomes the day it was in the company's own zone; a moment stamped at exactly midnight is a day that a person
entered, and stays that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from books.translation import gettext_noop
from sync.sources.base import DateOrder
from sync.sources.values import BadValue

EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)

_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        (
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ),
        start=1,
    )
    for length in (3, 4, len(name))
}
_TIME = (
    r"(?:(?:[T ]|, ?)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = re.compile(rf"(?P<a>\d{{4}})(?P<mark>[-/.])(?P<b>\d{{1,2}})(?P=mark)(?P<c>\d{{1,2}}){_TIME}", re.ASCII)
_COMPACT = re.compile(rf"(?P<a>\d{{4}})(?P<b>\d{{2}})(?P<c>\d{{2}}){_TIME}", re.ASCII)
_NUMBERS = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<mark>[-/. ])(?P<b>\d{{1,2}})(?P=mark)(?P<c>\d{{4}}|\d{{2}}){_TIME}", re.ASCII
)
_WEEKDAY = r"(?:[A-Za-z]{3,9},? )?"
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[- .]+(?P<month>[A-Za-z]{{3,9}})[-,. ]+"
    rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.ASCII,
)
_MONTH_DAY = re.compile(
    rf"{_WEEKDAY}(?P<month>[A-Za-z]{{3,9}})[-. ]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-, ]+(?P<year>\d{{4}}){_TIME}",
    re.ASCII,
)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
#: Day 0 of the serial numbers that spreadsheets keep dates as.
_SERIAL_ZERO = date(1899, 12, 30)
#: Which group of a date is its year, month and day.
_READINGS: dict[DateOrder, tuple[str, str, str]] = {
    "mdy": ("c", "a", "b"),
    "dmy": ("c", "b", "a"),
    "ymd": ("a", "b", "c"),
}


def read_day(text: str, *, date_order: DateOrder | None, zone: ZoneInfo) -> date:
    """Read a day as people and programs write it.

    Args:
        text: Not blank. A time of day is understood; without a time zone it is the company's own.
        date_order: The person's answer for a file in which 03/04/2026 is ambiguous.
        zone: The company's time zone.

    Raises:
        BadValue: Not a day, a day that does not exist, or one that can be read in two ways.
    """
    day, found = _read(text, date_order)
    return day if found is None else _localized(day, found, zone)


def read_instant(text: str, *, date_order: DateOrder | None, zone: ZoneInfo, unnamed: tzinfo | None = None) -> datetime:
    """Read the moment at which a source changed something; a day without a time is its first moment.

    Args:
        text: As for `read_day`.
        date_order: As for `read_day`.
        zone: The company's time zone.
        unnamed: The zone of a moment that names none; the company's own unless it is given.

    Raises:
        BadValue: As `read_day`.
    """
    day, found = _read(text, date_order)
    if found is None or found["hour"] is None:
        return datetime.combine(day, time.min, tzinfo=zone)
    return datetime.combine(day, _time_of(found), tzinfo=_zone_of(found["zone"]) or unnamed or zone)


def _read(text: str, date_order: DateOrder | None) -> tuple[date, re.Match[str] | None]:
    """The day as it is written, with its time where it has one."""
    text = " ".join(text.strip().removeprefix("'").split())
    for pattern in (_YEAR_FIRST, _COMPACT):
        if found := pattern.fullmatch(text):
            return _plausible(_existing(found["a"], found["b"], found["c"])), found
    if found := _NUMBERS.fullmatch(text):
        return _by_order(found, date_order), found
    if found := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        return _plausible(_with_month_name(found)), found
    if found := _SERIAL.fullmatch(text):
        return _serial_day(int(found[1])), None
    raise _not_a_day()


def read_moment(text: str, *, zone: ZoneInfo) -> date:
    """Read a moment that a program wrote, as the day it was in the company's zone.

    A moment without a time zone counts only where it is the same day in UTC and in the company's zone.

    Raises:
        BadValue: Not a moment, or one whose day depends on the time zone that is missing.
    """
    day = read_day(text, date_order="ymd", zone=zone)
    found = _YEAR_FIRST.fullmatch(text.strip())
    if found is None or found["hour"] is None or found["zone"] or _at_midnight(found):
        return day
    if _shifted(day, found, UTC, zone) == day:
        return day
    raise BadValue(
        "moment-without-zone",
        gettext_noop("“%(value)s” names no time zone, and which day it was depends on it."),
        gettext_noop("Export moments with their zone, such as 2026-08-01T22:15:00Z, or the day alone."),
    )


def is_day_number(text: str) -> bool:
    """Whether a text is a number that spreadsheets keep a day as, without a format that shows the day."""
    return _SERIAL.fullmatch(text.strip()) is not None


def is_certain_order(text: str) -> bool:
    """Whether a text is a day and month in figures that can be read in one order only: 13/04/2026."""
    found = _NUMBERS.fullmatch(" ".join(text.split()))
    return found is not None and len({order for order, _day in _readings(found) if order != "ymd"}) == 1


def _serial_day(number: int) -> date:
    return _plausible(_SERIAL_ZERO + timedelta(days=number))


def _existing(year: str, month: str, day: str) -> date:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        raise _not_a_day() from None


def _plausible(day: date) -> date:
    if EARLIEST <= day <= LATEST:
        return day
    raise BadValue(
        "implausible-day",
        gettext_noop("“%(value)s” is read as %(day)s, which is not a day of any order."),
        gettext_noop("Write the date as year-month-day, such as 2026-08-31."),
        day=day,
    )


def _with_month_name(found: re.Match[str]) -> date:
    month = _MONTHS.get(found["month"].casefold())
    if month is None:
        raise _not_a_day()
    return _existing(found["year"], str(month), found["day"])


def _by_order(found: re.Match[str], date_order: DateOrder | None) -> date:
    readings = {
        order: day for order, day in _readings(found) if date_order or order != "ymd" or _may_be_year_first(found)
    }
    if date_order is not None:
        if date_order in readings:
            return _plausible(readings[date_order])
        raise _does_not_fit(date_order)
    days = sorted(set(readings.values()))
    if not days:
        raise _not_a_day()
    if len(days) > 1:
        raise _ambiguous(days)
    return _plausible(days[0])


def _may_be_year_first(found: re.Match[str]) -> bool:
    """26-08-04 may begin with the year; with one digit, or with slashes, nobody writes it so."""
    return len(found["a"]) == 2 and found["mark"] != "/"


def _readings(found: re.Match[str]) -> Iterator[tuple[DateOrder, date]]:
    for order, (year, month, day) in _READINGS.items():
        if len(found[day]) == 4:
            continue
        try:
            yield order, _existing(found[year], found[month], found[day])
        except BadValue:
            continue


def _localized(day: date, found: re.Match[str], zone: ZoneInfo) -> date:
    if found["hour"] is None:
        return day
    written, midnight = _zone_of(found["zone"]), _at_midnight(found)
    return day if written is None or midnight else _shifted(day, found, written, zone)


def _shifted(day: date, found: re.Match[str], written: tzinfo, zone: ZoneInfo) -> date:
    return datetime.combine(day, _time_of(found), tzinfo=written).astimezone(zone).date()


def _zone_of(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in ("Z", "UTC", "GMT"):
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    try:
        return timezone(-offset if text[0] == "-" else offset)
    except ValueError:
        raise _not_a_day() from None


def _time_of(found: re.Match[str]) -> time:
    hour, half = int(found["hour"]), (found["half"] or "").casefold()
    if half and not 1 <= hour <= 12:
        raise _not_a_day()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        raise _not_a_day() from None


def _at_midnight(found: re.Match[str]) -> bool:
    return _time_of(found) == time.min and not Decimal(found["fraction"] or 0)


def _not_a_day() -> BadValue:
    return BadValue(
        "not-a-day",
        gettext_noop("“%(value)s” is not a date."),
        gettext_noop("Write it as year-month-day, such as 2026-08-31."),
    )


def _ambiguous(days: list[date]) -> BadValue:
    return BadValue(
        "ambiguous-date",
        gettext_noop("“%(value)s” can mean %(days)s."),
        gettext_noop(
            "Say in which order the file writes dates: month-day-year, day-month-year or year-month-day "
            "(the date order), and import again."
        ),
        option="date_order",
        days=" / ".join(f"{day:%Y-%m-%d}" for day in days),
    )


def _does_not_fit(date_order: DateOrder) -> BadValue:
    names = {
        "mdy": gettext_noop("“%(value)s” is not a date when the month comes first, the order given for this file."),
        "dmy": gettext_noop("“%(value)s” is not a date when the day comes first, the order given for this file."),
        "ymd": gettext_noop("“%(value)s” is not a date when the year comes first, the order given for this file."),
    }
    return BadValue(
        "date-does-not-fit", names[date_order], gettext_noop("Correct the date, or give the other date order.")
    )
