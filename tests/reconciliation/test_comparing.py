"""Does one line of a tie-out say the right reason, and do lines always add up to the difference?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.posted_document import HeldLine, HeldLink, Holding, Named
from reconciliation.tie_out.comparing import (
    DRIFT,
    Compared,
    Ours,
    Period,
    Reason,
    RecordStage,
    Row,
    Sum,
    Theirs,
    compare,
)
from reconciliation.tie_out.shown import ShownRow
from tests.docs.pages import DOCS, sections

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
DAY = date(2026, 8, 14)
PAGE = DOCS / "accounting" / "tie-out.md"


def held(total: str = "48.00", day: date = DAY, **more: object) -> Holding:
    amount = Decimal(total)
    lines = (HeldLine(moves="item 7", amount=amount),) if amount else ()
    holding = Holding(
        number="1", dated=day.isoformat(), customer=Named(identifier="9"), currency="USD", total=amount, lines=lines
    )
    return replace(holding, **more)  # type: ignore[arg-type]


def ours(
    stage: RecordStage = RecordStage.POSTED, total: str = "48.00", day: date = DAY, *, waits: bool = False
) -> Ours:
    posted = held(total, day) if stage in (RecordStage.POSTED, RecordStage.VOIDED) else None
    return Ours(stage=stage, dated=day, total=Decimal(total), posted=posted, change_waits=waits)


def told(line: Compared | None) -> str:
    assert line is not None
    return f"{line.reason} {line.source:f} {line.should:f} {line.there:f}"


@pytest.mark.parametrize(
    ("mine", "theirs", "line"),
    [
        (ours(), Theirs(holding=held()), "matches 48.00 48.00 48.00"),
        (ours(), Theirs(holding=held("48.01")), "changed-there 48.00 48.00 48.01"),
        (ours(), Theirs(holding=held(number="2")), "changed-there 48.00 48.00 48.00"),
        (ours(), Theirs(holding=held("0")), "voided-there 48.00 48.00 0"),
        (ours(), None, "deleted-there 48.00 48.00 0"),
        (ours(), Theirs(holding=held(day=date(2026, 9, 1))), "moved-out 48.00 48.00 0"),
        (ours(day=date(2026, 9, 1)), Theirs(holding=held()), "moved-in 0 0 48.00"),
        (ours(RecordStage.VOIDED), None, "matches 0 0 0"),
        (ours(RecordStage.VOIDED), Theirs(holding=held("0")), "matches 0 0 0"),
        (ours(RecordStage.VOIDED), Theirs(holding=held()), "back-there 0 0 48.00"),
        (ours(RecordStage.BLOCKED), Theirs(holding=held()), "still-there 48.00 0 48.00"),
        (ours(RecordStage.BLOCKED), None, "blocked 48.00 0 0"),
        (ours(RecordStage.IGNORED), None, "ignored 48.00 0 0"),
        (ours(RecordStage.READY), None, "ready 48.00 48.00 0"),
        (ours(RecordStage.REJECTED), None, "rejected 48.00 48.00 0"),
        (ours(RecordStage.IN_FLIGHT), None, "in-flight 48.00 48.00 0"),
        (ours(RecordStage.EXPORTED), None, "exported 48.00 48.00 0"),
        (None, Theirs(holding=held("30.00")), "entered-there 0 0 30.00"),
        (None, Theirs(holding=held("30.00"), marked=True), "unknown-mark 0 0 30.00"),
    ],
)
def test_each_pair_has_one_reason_and_three_amounts(mine: Ours | None, theirs: Theirs | None, line: str) -> None:
    assert told(compare(mine, theirs, AUGUST)) == line


def test_a_change_that_waits_is_what_the_source_says_against_what_was_posted() -> None:
    waiting = replace(ours(waits=True), total=Decimal("60.00"))

    assert told(compare(waiting, Theirs(holding=held()), AUGUST)) == "change-waits 60.00 60.00 48.00"
    assert told(compare(waiting, Theirs(holding=held("40.00")), AUGUST)) == "changed-there 60.00 60.00 40.00"


def test_what_a_payment_is_applied_to_counts_as_a_difference() -> None:
    link = (HeldLink(document="Invoice 145", amount=Decimal("48.00")),)
    mine = replace(ours(), posted=held(links=link))

    assert told(compare(mine, Theirs(holding=held(links=link)), AUGUST)) == "matches 48.00 48.00 48.00"
    line = compare(mine, Theirs(holding=held()), AUGUST)
    assert line is not None
    assert [(unlike.what, unlike.ours, unlike.theirs) for unlike in line.differences] == [
        ("what it is applied to", "Invoice 145 48.00", "—")
    ]


def test_the_first_and_the_last_day_belong_to_the_period_and_those_beside_it_do_not() -> None:
    for day in (AUGUST.first, AUGUST.last):
        assert compare(None, Theirs(holding=held(day=day)), AUGUST) is not None
        assert compare(ours(RecordStage.READY, day=day), None, AUGUST) is not None
    for day in (AUGUST.first - timedelta(days=1), AUGUST.last + timedelta(days=1)):
        assert compare(None, Theirs(holding=held(day=day)), AUGUST) is None
        assert compare(ours(day=day), Theirs(holding=held(day=day)), AUGUST) is None


DAYS = st.sampled_from([date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1)])
CENTS = st.integers(min_value=0, max_value=10**9).map(lambda cents: f"{Decimal(cents) / 100:f}")
AS_PREPARED = st.builds(ours, st.sampled_from(RecordStage), CENTS, DAYS, waits=st.booleans())
#: A person let the version count that QuickBooks had.
KEPT = st.builds(
    lambda mine, total, day, adopted: replace(mine, posted=held(total, day), kept=True, adopted=adopted),
    AS_PREPARED.filter(lambda mine: mine.posted is not None and not mine.change_waits),
    CENTS,
    DAYS,
    st.booleans(),
)
REVERSING = AS_PREPARED.map(lambda mine: replace(mine, reverses=True))
OURS = AS_PREPARED | KEPT | REVERSING
THEIRS = st.builds(
    lambda total, day, marked: Theirs(holding=held(total, day), marked=marked), CENTS, DAYS, st.booleans()
)


Pair = tuple[Ours | None, Theirs | None]


@given(st.lists(st.tuples(st.none() | OURS, st.none() | THEIRS).filter(any), max_size=30))
def test_whatever_both_sides_hold_the_reasons_explain_every_cent(
    pairs: list[tuple[Ours | None, Theirs | None]],
) -> None:
    row = Row(kind="invoice", currency="USD", read=sum((there(theirs) for _, theirs in pairs), Decimal(0)))
    for mine, theirs in pairs:
        line = compare(mine, theirs, AUGUST)
        if line:
            add(row, line)
            assert (line.reason in DRIFT) <= (theirs is not None or line.reason is Reason.DELETED_THERE)
        else:
            assert there(theirs) == 0

    shown = ShownRow.of(row)
    assert row.unexplained == 0
    assert row.source == sum((source(mine) for mine, _ in pairs), Decimal(0))
    assert shown.source + sum(figure.amount for figure in shown.before) == shown.should
    assert shown.should + sum(figure.amount for figure in shown.after) == shown.there
    assert row.source + sum(row.explained.values()) == row.read


def test_what_was_kept_and_is_changed_again_is_explained_in_both_columns() -> None:
    kept = replace(ours(), posted=held("40.00"), kept=True)
    row = Row(kind="invoice", currency="USD", read=Decimal("75.00"))
    for mine, theirs in ((kept, held("40.00")), (kept, held("35.00"))):
        line = compare(mine, Theirs(holding=theirs), AUGUST)
        assert line is not None
        add(row, line)

    shown = ShownRow.of(row)

    figures = {figure.column.name: (figure.amount, figure.records) for figure in (*shown.before, *shown.after)}
    assert figures["kept-in-quickbooks"] == (Decimal("-16.00"), 2)
    assert figures["changed-in-quickbooks"] == (Decimal("-5.00"), 1)
    assert shown.records == 2
    assert (shown.source, shown.should, shown.there) == (Decimal(96), Decimal(80), Decimal(75))


def add(row: Row, line: Compared) -> None:
    """Count a line in, as a tie-out does."""
    for reason, part in line.parts:
        row.sums.setdefault(reason, Sum()).add(part)


def there(theirs: Theirs | None) -> Decimal:
    return theirs.holding.total if theirs and theirs.dated in AUGUST else Decimal(0)


def source(mine: Ours | None) -> Decimal:
    return (
        mine.total
        if mine and mine.dated in AUGUST and mine.stage is not RecordStage.VOIDED and not mine.reverses
        else Decimal(0)
    )


# The page about it ----------------------------------------------------------------------------------------------------


def test_the_page_names_every_reason() -> None:
    table = sections(PAGE)["Reasons"]

    assert [reason for reason in Reason if f"`{reason}`" not in table] == []
    assert table.count("\n| ") == len(Reason) + 1


def test_the_example_of_the_page_is_what_comes_out() -> None:
    row = Row(kind="invoice", currency="USD", read=Decimal("170.00"))
    for mine, theirs in (
        (ours(), Theirs(holding=held())),
        (ours(total="100.00"), Theirs(holding=held("92.00"))),
        (None, Theirs(holding=held("30.00"))),
    ):
        line = compare(mine, theirs, AUGUST)
        assert line is not None
        add(row, line)
    shown = ShownRow.of(row)
    figures = [
        ("Source", shown.source),
        *((str(figure.column.title), figure.amount) for figure in shown.before),
        ("Should be in QuickBooks", shown.should),
        *((str(figure.column.title), figure.amount) for figure in shown.after),
        ("Is in QuickBooks", shown.there),
        ("Unexplained", shown.unexplained),
    ]

    example = sections(PAGE)["An example"]
    assert [
        f"| {title} | {amount:.2f} |" for title, amount in figures if f"| {title} | {amount:.2f} |" not in example
    ] == []
