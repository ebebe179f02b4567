"""Is each way of writing a day read as the one day it can mean, in the company's time zone?"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sources.days import EARLIEST, LATEST, read_day, read_moment
from sync.sources.values import BadValue
from tests.sources.reading import attempt

DENVER = ZoneInfo("America/Denver")
AUGUST_4 = date(2026, 8, 4)


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-04",
        "2026/8/4",
        "2026.08.04",
        "20260804",
        "2026-08-04 15:30",
        "2026-08-04T15:30:00",
        "2026-08-04 3:30 PM",
        "2026-08-04T23:59:59-06:00",
        "2026-08-05T05:59:59Z",
        "2026-08-05 05:59 UTC",
        "4 Aug 2026",
        "4-Aug-26",
        "04 August 2026",
        "4th Aug 2026",
        "Aug 4, 2026",
        "August 4th, 2026",
        "Tue, 4 Aug 2026",
        "Tuesday, August 4, 2026",
        "46238",
        "46238.5",
        "'2026-08-04",
        " 2026-08-04 ",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str):
    assert read_day(text, date_order=None, zone=DENVER) == AUGUST_4


@pytest.mark.parametrize(
    ("text", "day"),
    [("08/13/2026", date(2026, 8, 13)), ("13.08.2026", date(2026, 8, 13)), ("3/3/26", date(2026, 3, 3))],
)
def test_a_day_that_can_mean_one_only_needs_no_question(text: str, day: date):
    assert read_day(text, date_order=None, zone=DENVER) == day


@pytest.mark.parametrize("text", ["03/04/2026", "03.04.2026", "3-4-2026", "03/04/26", "26-08-04", "3/4/2026 10:00"])
def test_a_day_that_can_mean_two_is_refused_with_the_question(text: str):
    with pytest.raises(BadValue) as refused:
        read_day(text, date_order=None, zone=DENVER)

    fault = refused.value
    assert (fault.code, fault.option) == ("ambiguous-date", "date_order")
    assert str(dict(fault.message.facts)["days"]).count("/") >= 1


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("26-08-04", "ymd", AUGUST_4),
        ("04-08-26", "dmy", AUGUST_4),
        ("2026-08-04", "dmy", AUGUST_4),
    ],
)
def test_the_answer_decides_what_was_ambiguous(text: str, order: str, day: date):
    assert read_day(text, date_order=order, zone=DENVER) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("", None, "not-a-day"),
        ("soon", None, "not-a-day"),
        ("2026-02-30", None, "not-a-day"),
        ("2026-13-01", None, "not-a-day"),
        ("32/13/2026", None, "not-a-day"),
        ("4 Foo 2026", None, "not-a-day"),
        ("2026-08-04 25:00", None, "not-a-day"),
        ("2026-08-04 13:00 PM", None, "not-a-day"),
        ("2026-08-04T10:00:00+99:00", None, "not-a-day"),
        ("2026-08-04 tomorrow", None, "not-a-day"),
        ("1926-08-04", None, "implausible-day"),
        ("2226-08-04", None, "implausible-day"),
        ("12345", None, "implausible-day"),
        ("13/08/2026", "mdy", "date-does-not-fit"),
        ("08/13/2026", "dmy", "date-does-not-fit"),
        ("08/13/2026", "ymd", "date-does-not-fit"),
    ],
)
def test_what_is_no_day_is_refused_by_name(text: str, order: str | None, code: str):
    with pytest.raises(BadValue) as refused:
        read_day(text, date_order=order, zone=DENVER)  # type: ignore[arg-type]

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-01T03:15:00.000Z", date(2026, 8, 31)),
        ("2026-09-01T06:00:00Z", date(2026, 9, 1)),
        ("2026-09-01T00:00:00.000Z", date(2026, 9, 1)),
        ("2026-09-01T00:00:00.001Z", date(2026, 8, 31)),
        ("2026-09-01T03:15:00.000+0000", date(2026, 8, 31)),
        ("2026-09-01", date(2026, 9, 1)),
        ("2026-09-01T00:00:00", date(2026, 9, 1)),
        ("2026-09-01T12:00:00", date(2026, 9, 1)),
    ],
)
def test_a_moment_is_the_day_it_was_in_the_companys_zone_and_midnight_is_the_day_that_was_entered(text: str, day: date):
    assert read_moment(text, zone=DENVER) == day


def test_a_moment_without_a_zone_is_refused_where_its_day_depends_on_it():
    with pytest.raises(BadValue, match="moment-without-zone"):
        read_moment("2026-09-01T03:15:00", zone=DENVER)


DAYS = st.dates(min_value=EARLIEST, max_value=LATEST)


@given(DAYS)
def test_every_day_reads_back_from_every_certain_way_of_writing_it(day: date):
    for text in (f"{day}", f"{day:%Y%m%d}", f"{day:%d %b %Y}", f"{day:%B %d, %Y}"):
        assert read_day(text, date_order=None, zone=DENVER) == day
    assert read_day(f"{day:%m/%d/%Y}", date_order="mdy", zone=DENVER) == day
    assert read_day(f"{day:%d.%m.%Y}", date_order="dmy", zone=DENVER) == day


@given(DAYS)
def test_without_the_question_answered_a_day_is_right_or_refused(day: date):
    found, fault = attempt(lambda: read_day(f"{day:%m/%d/%Y}", date_order=None, zone=DENVER))

    if fault:
        assert fault.code == "ambiguous-date"
        assert day.day <= 12
    else:
        assert found == day


@given(st.text(max_size=25))
def test_any_text_is_a_day_or_a_fault_and_never_a_crash(text: str):
    found, fault = attempt(lambda: read_day(text, date_order=None, zone=DENVER))

    if fault:
        assert fault.message.about(value=text).explain()
    else:
        assert found is not None
        assert EARLIEST <= found <= LATEST
