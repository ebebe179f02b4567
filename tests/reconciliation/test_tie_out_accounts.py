"""Does every account go from what should be in QuickBooks to what is, to the cent, whatever both sides hold?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from books.movement import UNKNOWN_ACCOUNT, AccountChart, Movement, moved_by
from books.posted_document import HeldLine, Holding, Named
from reconciliation.tie_out.accounts import AccountTotals, TiedAccount
from reconciliation.tie_out.comparing import Ours, Period, Reason, RecordStage, Row, Sum, Theirs, compare
from reconciliation.tie_out.shown_accounts import ShownAccount, account_words, without_accounts
from tests.docs.pages import DOCS, sections

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
DAY = date(2026, 8, 14)
NAMES = {"84": "Accounts Receivable", "79": "Sales", "80": "Classes"}
CHART = AccountChart(names=NAMES, income={"7": "79", "8": "80"}, receivable="84")


def held(total: str, *, item: str = "7", day: date = DAY) -> Holding:
    amount = Decimal(total)
    lines = (HeldLine(moves=f"item {item}", amount=amount),) if amount else ()
    return Holding(
        number="1", dated=day.isoformat(), customer=Named(identifier="9"), currency="USD", total=amount, lines=lines
    )


def moves(holding: Holding) -> Movement:
    return moved_by("invoice", holding, CHART)


def ours(total: str, *, stage: RecordStage = RecordStage.POSTED, item: str = "7", day: date = DAY) -> Ours:
    holding = held(total, item=item, day=day)
    posted = holding if stage in (RecordStage.POSTED, RecordStage.VOIDED) else None
    moved = Movement() if stage is RecordStage.BLOCKED else moves(holding)
    return Ours(stage=stage, dated=day, total=Decimal(total), posted=posted, moves=moved)


def theirs(total: str, *, item: str = "7", day: date = DAY, marked: bool = False) -> Theirs:
    holding = held(total, item=item, day=day)
    return Theirs(holding=holding, marked=marked, moves=moves(holding))


Pair = tuple[Ours | None, Theirs | None]


def folded(pairs: list[Pair]) -> list[TiedAccount]:
    """The accounts of all pairs, with what QuickBooks moves in the period counted apart."""
    totals = AccountTotals()
    for mine, other in pairs:
        line = compare(mine, other, AUGUST)
        if line:
            assert line.should_moves.sum == line.there_moves.sum == line.moved.sum == 0
            totals.add("USD", line)
        if other and other.dated in AUGUST:
            totals.add_read("USD", other.moves)
    return totals.rows(NAMES)


DAYS = st.sampled_from([date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1)])
CENTS = st.integers(min_value=0, max_value=10**9).map(lambda cents: f"{Decimal(cents) / 100:f}")
ITEMS = st.sampled_from(["7", "8", "not on the list"])
OURS = st.builds(
    lambda total, stage, item, day, waits, kept: replace(
        ours(total, stage=stage, item=item, day=day), change_waits=waits, kept=kept, adopted=kept
    ),
    CENTS, st.sampled_from(RecordStage), ITEMS, DAYS, st.booleans(), st.booleans(),
)  # fmt: skip
THEIRS = st.builds(
    lambda total, item, day, marked: theirs(total, item=item, day=day, marked=marked),
    CENTS, ITEMS, DAYS, st.booleans(),
)  # fmt: skip


@given(st.lists(st.tuples(st.none() | OURS, st.none() | THEIRS).filter(any), max_size=6))
def test_whatever_both_sides_hold_each_account_is_explained_to_the_cent(pairs: list[Pair]) -> None:
    rows = folded(pairs)

    for row in rows:
        shown = ShownAccount.of(row)
        assert row.unexplained == 0
        assert row.should + sum(row.explained.values()) == row.read
        assert shown.should + sum(figure.amount for figure in shown.after) == shown.there
    assert sum(row.should for row in rows) == sum(row.read for row in rows) == 0
    for account in ("84", "79", "80", UNKNOWN_ACCOUNT):
        there = sum(other.moves[account] for _, other in pairs if other and other.dated in AUGUST)
        assert sum(row.read for row in rows if row.account == account) == there


def test_money_that_no_line_accounts_for_is_left_over_on_its_accounts() -> None:
    totals = AccountTotals()
    totals.add_read("USD", theirs("30.00").moves)

    assert {row.name: row.unexplained for row in totals.rows(NAMES)} == {
        "Accounts Receivable": Decimal("30.00"), "Sales": Decimal("-30.00"),
    }  # fmt: skip


def test_two_currencies_are_two_rows_and_what_cannot_be_told_comes_last() -> None:
    totals = AccountTotals()
    line = compare(ours("48.00"), theirs("48.00", item="not on the list"), AUGUST)
    assert line is not None
    for currency in ("USD", "EUR"):
        totals.add(currency, line)

    rows = totals.rows(NAMES)

    assert [(account_words(row.account, row.name), row.currency) for row in rows] == [
        ("Accounts Receivable", "EUR"), ("Accounts Receivable", "USD"), ("Sales", "EUR"), ("Sales", "USD"),
        ("Account not known", "EUR"), ("Account not known", "USD"),
    ]  # fmt: skip


def test_a_record_that_matches_but_for_an_account_says_so_and_is_found_on_both_accounts() -> None:
    there = replace(theirs("48.00"), moves=moves(held("48.00", item="8")))

    line = compare(ours("48.00"), there, AUGUST)

    assert line is not None
    assert line.reason is Reason.OTHER_ACCOUNT
    assert line.moved.amounts == {"79": Decimal("48.00"), "80": Decimal("-48.00")}
    assert line.should == line.there == Decimal("48.00")


def test_what_is_blocked_has_no_account_and_is_counted_beside_them() -> None:
    row = Row(kind="invoice", currency="USD")
    for total in ("48.00", "2.00"):
        line = compare(ours(total, stage=RecordStage.BLOCKED), None, AUGUST)
        assert line is not None
        for reason, part in line.parts:
            row.sums.setdefault(reason, Sum()).add(part)

    assert folded([(ours("48.00", stage=RecordStage.BLOCKED), None)]) == []
    assert [(part.currency, part.records, part.amount) for part in without_accounts([row, row])] == [
        ("USD", 4, Decimal("100.00"))
    ]


def test_the_example_of_the_page_is_what_comes_out() -> None:
    rows = folded(
        [
            (ours("48.00"), theirs("48.00")),
            (ours("100.00"), theirs("92.00", item="8")),
            (None, theirs("30.00", item="8")),
        ]
    )

    table = sections(DOCS / "accounting" / "tie-out.md")["By account"]
    for shown in map(ShownAccount.of, rows):
        changed, entered = (figure.amount for figure in shown.after[1:])
        cells = [shown.should, changed, entered, shown.there, shown.unexplained]
        assert f"| {' | '.join([shown.title, *(f'{amount:.2f}' for amount in cells)])} |" in table
    assert len(rows) == 3
