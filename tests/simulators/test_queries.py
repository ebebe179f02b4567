"""Does the query language answer as Intuit's does, with its limits and its error texts?"""

from __future__ import annotations

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


COLUMNS = {
    "DisplayName": ["Chidi Okafor", "zzz", "m"],
    "Balance": ["0", "100", "576.00"],
    "Id": ["1", "7", "30"],
    "Active": ["true", "false"],
    "PrimaryEmailAddr": ["family.okafor@example.com", "x"],
}
CONDITIONS = st.sampled_from(sorted(COLUMNS)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.sampled_from(["=", "in"] if name in ("Id", "Active") else ["=", "<", ">", "<=", ">=", "in"]),
        st.lists(st.sampled_from(COLUMNS[name]), min_size=1, max_size=2),
    )
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conditions=st.lists(CONDITIONS, max_size=3))
def test_every_query_answers_as_a_plain_filter_would(books: Books, conditions: list[tuple[str, str, list[str]]]):
    everyone = books.query("select * from Customer where Active in (true,false) maxresults 1000")["Customer"]
    said = [
        f"{name} {operator} ({', '.join(map(quoted, values))})"
        if operator == "in"
        else f"{name} {operator} {quoted(values[0])}"
        for name, operator, values in conditions
    ]
    text = "select * from Customer" + (" where " + " and ".join(said) if said else "")
    wanted = [each["Id"] for each in everyone if all(holds(each, *condition) for condition in conditions)]
    if not any(name == "Active" for name, _, _ in conditions):
        wanted = [each["Id"] for each in everyone if each["Id"] in wanted and each["Active"]]
    assert [each["Id"] for each in books.query(text).get("Customer", [])] == wanted


def quoted(value: str) -> str:
    return value if value in ("true", "false") else f"'{value}'"


def holds(record: Any, name: str, operator: str, values: list[str]) -> bool:
    value = record[name]["Address"] if name == "PrimaryEmailAddr" else record[name]
    wanted: list[Any] = [type(value)(each) if name == "Balance" else each.lower() for each in values]
    own: Any = value if name == "Balance" else str(value).lower()
    return {
        "=": own == wanted[0],
        "in": own in wanted,
        "<": own < wanted[0],
        ">": own > wanted[0],
        "<=": own <= wanted[0],
        ">=": own >= wanted[0],
    }[operator]
