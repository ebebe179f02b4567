"""Does the query language answer as Intuit's does, with its limits and its error texts?"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulators.driver import Books, refused


def names(found: Any, entity: str = "Customer", field: str = "DisplayName") -> list[str]:
    return [record[field] for record in found.get(entity, [])]


def test_rows_say_where_they_start_and_how_many_they_are(books: Books):
    found = books.query("SELECT * FROM Customer STARTPOSITION 3 MAXRESULTS 2")
    assert (found["startPosition"], found["maxResults"]) == (3, 2)
    assert names(found) == ["Chidi Okafor", "Ngozi Okafor"]
    assert names(books.query("select * from customer maxresults 2 startposition 3")) == names(found)


def test_no_rows_are_an_empty_answer(books: Books):
    assert books.query("select * from Customer where DisplayName = 'Nobody'") == {}
    assert books.query("select * from Customer startposition 500") == {}


def test_a_count_counts_active_ones(books: Books):
    assert books.query("select count(*) from Customer") == {"totalCount": 29}
    assert books.query("select count(*) from Customer where Active in (true,false)") == {"totalCount": 30}
    assert books.query("select count(*) from Customer where Active = false") == {"totalCount": 1}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (r"DisplayName = 'O\'Malley & Daughters'", ["O'Malley & Daughters"]),
        ("displayname = 'PRIYA NATARAJAN'", ["Priya Natarajan"]),
        ("PrimaryEmailAddr = 'Family.Okafor@Example.com'", ["Chidi Okafor", "Ngozi Okafor"]),
        ("DisplayName LIKE '%okafor'", ["Chidi Okafor", "Ngozi Okafor"]),
        ("DisplayName like 'B%' and Balance = '0'", ["Benedict Farrow", "Blue Spruce Community Center"]),
        ("DisplayName like 'Priya'", []),
        ("Id in ('3', '1')", ["Priya Natarajan", "Chidi Okafor"]),
        ("Id = '2'", ["O'Malley & Daughters"]),
        ("Balance > '500'", ["O'Malley & Daughters", "Foothills Montessori School"]),
        ("Balance > 500 AND DisplayName < 'G'", ["Foothills Montessori School"]),
        ("GivenName = '' and Id <= '1'", []),
    ],
)
def test_conditions_find_what_they_say(books: Books, condition: str, found: list[str]):
    if "<=" in condition:
        with refused("4001"):
            books.query(f"select * from Customer where {condition}")
    else:
        assert names(books.query(f"select * from Customer where {condition}")) == found


def test_rows_are_sorted_up_and_down(books: Books):
    up = names(books.query("select * from Customer ORDERBY DisplayName"))
    assert up == sorted(up, key=str.lower)
    assert names(books.query("select * from Customer order by DisplayName desc")) == list(reversed(up))
    by_balance = books.query("select * from Customer orderby Balance desc, DisplayName maxresults 1")
    assert names(by_balance) == ["Foothills Montessori School"]


def test_documents_are_found_by_number_customer_day_and_change(books: Books):
    assert books.find("Invoice", "DocNumber = '1003'")["CustomerRef"]["name"] == "Kestrel Coffee Roasters"
    assert books.find("Invoice", "CustomerRef = '1'")["DocNumber"] == "1007"
    july = books.query("select * from Invoice where TxnDate >= '2026-07-01' and TxnDate < '2026-07-10'")
    assert names(july, "Invoice", "DocNumber") == ["1007", "1008"]
    assert books.find("Payment", "PaymentRefNum = '1190'")["TotalAmt"] == 200
    books.control("clock", {"seconds": 600})
    moment = books.running.company.clock.now().isoformat(timespec="seconds")
    made = books.invoice("1")
    changed = books.query(f"select * from Invoice where MetaData.LastUpdatedTime >= '{moment}'")
    assert [record["Id"] for record in changed["Invoice"]] == [made["Id"]]
    older = books.query(f"select count(*) from Invoice where MetaData.CreateTime < '{moment}'")
    assert older == {"totalCount": 12}


def test_get_and_post_answer_alike(books: Books):
    text = "select * from Customer where DisplayName = 'O\\'Malley & Daughters'"
    by_get = books.ask("GET", "query", params={"query": text})["QueryResponse"]
    assert by_get == books.query(text)


def test_an_item_can_be_asked_with_its_sku_named(books: Books):
    assert names(books.query("SELECT *, Sku FROM Item WHERE Sku = 'wt-101'"), "Item", "Name") == ["Wheel Throwing 101"]


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("select * from Custmoer", "4001", "QueryValidationError: invalid context declaration: Custmoer"),
        ("select * from Customer where Shoe = '1'", "4001", "Property Shoe not found for Entity"),
        ("select * from Customer where Notes = '1'", "4001", "property 'Notes' is not queryable"),
        ("select * from Invoice where PrivateNote = 'x'", "4001", "is not queryable"),
        ("select * from Customer startposition 0", "4001", "value 0 is too small. Min allowed value is 1"),
        ("select * from Customer where Id > '3'", "4001", "operator > is not supported"),
        ("select * from Customer where Active = 'maybe'", "4001", "is not a boolean"),
        ("select * from Invoice where TxnDate > 'soon'", "4001", "is not a date"),
        ("select * from Invoice where TotalAmt > 'lots'", "4001", "is not a number"),
        ("select * from Customer where DisplayName = 'O'Malley'", "4000", "QueryParserError: "),
        ("select * from Customer where DisplayName = 'a' or Id = '1'", "4000", "Was expecting one of:"),
        ("select * from Customer where DisplayName != 'a'", "4000", "QueryParserError: Encountered"),
        (
            "select * from Customer where DisplayName = %",
            "4000",
            'Lexical error at line 1, column 44.  Encountered: "%"',
        ),
        ("select * from Customer where DisplayName = 'unfinished", "4000", "Lexical error"),
        ("delete from Customer", "4000", "Encountered"),
        ("", "4000", "Encountered <EOF>"),
        ("select * from", "4000", "<IDENTIFIER>"),
        ("select * from Customer maxresults many", "4000", "<INTEGER>"),
    ],
)
def test_what_is_wrong_with_a_query_is_said_in_intuits_words(books: Books, text: str, code: str, detail: str):
    with refused(code) as refusal:
        books.query(text)
    assert detail in refusal.value.detail


def test_a_page_has_at_most_a_thousand_rows_and_a_hundred_unless_asked(books: Books):
    for number in range(150):
        books.running.company.make("Customer", DisplayName=f"Visitor {number}")
    assert books.query("select * from Customer")["maxResults"] == 100
    assert books.query("select * from Customer maxresults 5000")["maxResults"] == 179


# Any query against a plain filter: for each column how its value reads, and values to compare it with


def amount(value: Any) -> Decimal:
    return Decimal(str(value))


def word(value: Any) -> str:
    return str(value).lower()


NUMBERS = ["0", "100", "576.00", "240", "-1"]
COLUMNS: dict[str, dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], list[str]]]] = {
    "Customer": {
        "DisplayName": (lambda each: each["DisplayName"], word, ["Chidi Okafor", "zzz", "m", "%okafor", "%a%", "o'%"]),
        "Balance": (lambda each: each["Balance"], amount, NUMBERS),
        "Id": (lambda each: each["Id"], word, ["1", "7", "30"]),
        "Active": (lambda each: each["Active"], word, ["true", "false"]),
        "PrimaryEmailAddr": (
            lambda each: each["PrimaryEmailAddr"]["Address"],
            word,
            ["family.okafor@example.com", "x", "%example%"],
        ),
    },
    "Invoice": {
        "DocNumber": (lambda each: each["DocNumber"], word, ["1001", "1007", "10%", "%7", "2"]),
        "TxnDate": (lambda each: each["TxnDate"], word, ["2026-06-03", "2026-07-01", "2026-07-15"]),
        "DueDate": (lambda each: each["DueDate"], word, ["2026-07-03", "2026-07-31"]),
        "TotalAmt": (lambda each: each["TotalAmt"], amount, NUMBERS),
        "Balance": (lambda each: each["Balance"], amount, NUMBERS),
        "CustomerRef": (lambda each: each["CustomerRef"]["value"], word, ["1", "5", "6"]),
        "Id": (lambda each: each["Id"], word, ["2", "12", "99"]),
    },
}
OPERATORS = ["=", "<", ">", "<=", ">=", "in", "like"]


def fits(name: str, operator: str, value: str) -> bool:
    """Whether a column takes an operator, and whether the value belongs to it: only LIKE knows the percent sign."""
    if name in ("Id", "Active", "CustomerRef"):
        return operator in ("=", "in")
    if name in ("Balance", "TotalAmt", "TxnDate", "DueDate"):
        return operator != "like"
    return "%" not in value or operator == "like"


@st.composite
def a_query(draw: st.DrawFn) -> tuple[str, list[tuple[str, str, list[str]]], list[tuple[str, bool]], int, int]:
    entity = draw(st.sampled_from(sorted(COLUMNS)))
    columns = st.sampled_from(sorted(COLUMNS[entity]))
    conditions = []
    for name in draw(st.lists(columns, max_size=3)):
        operator = draw(st.sampled_from([sign for sign in OPERATORS if fits(name, sign, "")]))
        known = [value for value in COLUMNS[entity][name][2] if fits(name, operator, value)]
        conditions.append((name, operator, draw(st.lists(st.sampled_from(known), min_size=1, max_size=2))))
    orders = draw(st.lists(st.tuples(columns, st.booleans()), max_size=2, unique_by=lambda each: each[0]))
    return entity, conditions, orders, draw(st.integers(1, 6)), draw(st.integers(1, 40))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=a_query())
def test_every_query_answers_as_a_plain_filter_would(books: Books, asked: Any):
    entity, conditions, orders, first, most = asked
    hidden = " where Active in (true,false)" if entity == "Customer" else ""
    everyone = books.query(f"select * from {entity}{hidden} maxresults 1000")[entity]
    said = [
        f"{name} {operator} ({', '.join(map(quoted, values))})"
        if operator == "in"
        else f"{name} {operator} {quoted(values[0])}"
        for name, operator, values in conditions
    ]
    filtered = f"from {entity}" + (" where " + " and ".join(said) if said else "")
    wanted = [record for record in everyone if all(holds(entity, record, *condition) for condition in conditions)]
    if entity == "Customer" and not any(name == "Active" for name, _, _ in conditions):
        wanted = [record for record in wanted if record["Active"]]
    assert books.query(f"select count(*) {filtered}")["totalCount"] == len(wanted)
    order = ", ".join(f"{name} {'desc' if down else 'asc'}" for name, down in orders)
    for name, down in reversed(orders):
        wanted.sort(key=lambda each: sorting(entity, name, each), reverse=down)
    page = f"select * {filtered}{' orderby ' + order if order else ''} startposition {first} maxresults {most}"
    found = [record["Id"] for record in books.query(page).get(entity, [])]
    assert found == [record["Id"] for record in wanted[first - 1 : first - 1 + most]]


def quoted(value: str) -> str:
    return value if value in ("true", "false") else "'" + value.replace("'", "\\'") + "'"


def sorting(entity: str, name: str, record: Any) -> Any:
    read, kind, _ = COLUMNS[entity][name]
    return int(read(record)) if name == "Id" else kind(read(record))


def holds(entity: str, record: Any, name: str, operator: str, values: list[str]) -> bool:
    read, kind, _ = COLUMNS[entity][name]
    own = kind(read(record))
    if operator == "like":
        return re.fullmatch(".*".join(map(re.escape, values[0].lower().split("%"))), own) is not None
    wanted = [kind(value) for value in values]
    return {
        "=": own == wanted[0],
        "in": own in wanted,
        "<": own < wanted[0],
        ">": own > wanted[0],
        "<=": own <= wanted[0],
        ">=": own >= wanted[0],
    }[operator]
