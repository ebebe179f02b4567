"""Is a spreadsheet of orders read as the person who wrote it means it?"""

from __future__ import annotations

import codecs
import io
from decimal import Decimal

import pytest

from books.orders import Address, LineType, OrderStatus
from books.serialization import order_body
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS
from tests.sources.reading import csv_orders, example, ledger, most_alive_at_once, read, written

STALL = example("stall.csv")


@pytest.mark.criterion("A05")
def test_rows_with_one_order_number_are_one_order_and_repeated_payments_count_once():
    first, second = csv_orders(STALL)

    assert ledger(first) == written(
        """
        2026-08-01 M-1 Ada Brook sale
        product    Starter Clay Kit   2 x 48.00 = 96.00
        special    Special            1 x -5.00 = -5.00
        shipping   Shipping           1 x 13.50 = 13.50
        2026-08-01 received Cash 50.00
        2026-08-03 received Check 54.50
        """
    )
    assert ledger(second) == written(
        """
        2026-08-02 M-2 Ben Stone sale
        product    Glaze Sampler      0.5 x 36.50 = 18.25
        """
    )
    assert first.stated_total == first.total == Decimal("104.50")
    assert first.payments[1].source_id == first.payments[1].reference == "2210"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiter_encoding_and_line_ends_are_found_out(delimiter: str, encoding: str, line_end: str):
    text = STALL.replace("Ada", "Zoë Оксана").replace(",", delimiter).replace("\n", line_end)

    orders = csv_orders(text.encode(encoding))

    assert [order_body(order) for order in orders] == [
        order_body(csv_order) for csv_order in csv_orders(STALL.replace("Ada", "Zoë Оксана"))
    ]


def test_windows_1252_is_fallen_back_to_and_said():
    good, errors, notices = read("orders-csv", STALL.replace("Ada", "Zoë “Z”").encode("cp1252"))

    assert errors == []
    assert good[0].order.customer.given_name == "Zoë “Z”"
    assert notices == [
        "The file is not UTF-8, so it was read as Windows-1252. If names look wrong, import it again with its encoding."
    ]


def test_an_encoding_that_was_given_is_used():
    text = STALL.replace("Ada", "Łucja").encode("iso8859-2")

    assert csv_orders(text, encoding="iso-8859-2")[0].customer.given_name == "Łucja"


def test_headers_are_matched_whatever_their_case_spaces_and_punctuation():
    header, _, rows = STALL.partition("\n")
    changed = header.upper().replace(" ", "_").replace("PRICE", "unit-price").replace("QUANTITY", " Qty. ")

    assert csv_orders(f"{changed}\n{rows}")[0].total == Decimal("104.50")


def test_the_headers_that_highlevel_publishes_are_understood_where_an_order_number_is_added():
    (order,) = csv_orders(example("highlevel.csv"))

    assert ledger(order) == "2026-08-13 7 Ada Brook sale\nproduct Starter Clay Kit 2 x 48.00 = 96.00"
    assert order.customer.billing == Address(
        line1="1 Elm", city="Golden", region="CO", postal_code="80401", country="US"
    )
    assert (order.customer.phone, order.stated_total) == ("+1 303 555 0100", Decimal("96.00"))


def test_a_line_break_inside_quotes_is_part_of_the_cell_and_rows_are_numbered_as_a_spreadsheet_does():
    text = (
        "Order Number,Order Date,Line Item Name,Line Description,Quantity,Price\n"
        'M-1,2026-08-01,Kit,"two\nlines, ""quoted""",1,5\n\n'
        "M-2,2026-08-01,Kit,,1,x\n"
    )

    good, errors, _ = read("orders-csv", text)

    assert good[0].order.lines[0].description == 'two\nlines, "quoted"'
    assert [(error.row, error.column) for error in errors] == [(4, "Price")]


@pytest.mark.parametrize("top", ["sep=,\n", "Orders of August\n\n", "\n\n"])
def test_the_header_may_stand_below_a_title(top: str):
    assert len(csv_orders(top + STALL)) == 2


def test_a_header_that_comes_again_is_no_row():
    header, _, rows = STALL.partition("\n")

    assert len(csv_orders(f"{header}\n{rows}{header}\nM-3,2026-08-02,C,D,c@example.com,,Kit,K,1,5,,,,,\n")) == 3


def test_columns_that_nobody_knows_are_not_read_and_named():
    text = STALL.replace("Email", "Shoe Size").replace("Order Total", "Favourite")

    _, _, notices = read("orders-csv", text)

    assert notices == ["These columns are not known and were not read: “Shoe Size”, “Favourite”."]


def test_payment_methods_without_amounts_are_noticed():
    text = "Order Number,Order Date,Line Item Name,Quantity,Price,Payment Method\n1,2026-08-01,Kit,1,5,Cash\n"

    good, _, notices = read("orders-csv", text)

    assert good[0].order.payments == ()
    assert notices == [
        "The file names payment methods but has no column Payment Amount, so every order is read as unpaid."
    ]


def row(**cells: str) -> str:
    """A file of one row with these cells beside the needed ones."""
    full = {"Order Number": "1", "Order Date": "2026-08-01", "Line Item Name": "Kit", "Quantity": "1", "Price": "5"}
    full |= {name.replace("_", " "): text for name, text in cells.items()}
    return "\t".join(full) + "\n" + "\t".join(full.values()) + "\n"


# quantity, price, line amount | what comes of it
SUMS = [
    ("3", "33.3333", "", "3 x 33.3333 = 100.00"),
    ("3", "", "100", "3 x 33.3333333 = 100.00"),
    ("4", "", "10.00", "4 x 2.50 = 10.00"),
    ("3", "", "9.99", "3 x 3.33 = 9.99"),
    ("2", "5", "10", "2 x 5.00 = 10.00"),
    ("0", "5", "", "0 x 5.00 = 0.00"),
    ("0", "", "0", "0 x 0 = 0.00"),
    ("1", "0", "", "1 x 0.00 = 0.00"),
    ("1", "(5.00)", "", "1 x -5.00 = -5.00"),
    ("1", "$1,234.50", "", "1 x 1234.50 = 1234.50"),
    ("1", "12,50", "", "1 x 12.50 = 12.50"),
    ("-2", "5", "", "-2 x 5.00 = -10.00"),
]


@pytest.mark.parametrize(("quantity", "price", "amount", "expected"), SUMS)
def test_quantity_price_and_amount_give_the_line(quantity: str, price: str, amount: str, expected: str):
    (order,) = csv_orders(row(Quantity=quantity, Price=price, Line_Amount=amount))

    assert ledger(order).splitlines()[1] == f"product Kit {expected}"


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        ({"Line_Type": ""}, LineType.PRODUCT),
        ({"Line_Type": "Subscription Plan"}, LineType.SUBSCRIPTION),
        ({"Line_Type": "Service & Misc."}, LineType.SERVICE),
        ({"Line_Type": "discount"}, LineType.SPECIAL),
        ({"Line_Type": "16"}, LineType.OTHER),
    ],
)
def test_the_line_type_is_a_product_unless_it_says_otherwise(cells: dict[str, str], read_as: LineType):
    assert csv_orders(row(**cells))[0].lines[0].line_type is read_as


@pytest.mark.criterion("A02")
@pytest.mark.parametrize(
    ("word", "status"), [("", OrderStatus.SALE), ("Draft", OrderStatus.DRAFT), ("Cancelled", OrderStatus.CANCELLED)]
)
def test_drafts_and_cancelled_orders_are_told_from_sales(word: str, status: OrderStatus):
    assert csv_orders(row(Status=word))[0].status is status


# payment cells: date, amount, method, reference, status | what it is
PAYMENTS = [
    (("2026-08-02", "5.00", "Cash", "", ""), "2026-08-02 received Cash 5.00"),
    (("2026-08-02", "5.00", "Check", "17", "Pending"), "2026-08-02 pending Check 5.00"),
    (("2026-08-02", "5.00", "Credit Card", "", "failed"), "2026-08-02 failed Credit Card 5.00"),
    (("2026-08-02", "(5.00)", "Cash", "", ""), "2026-08-02 refund Cash 5.00 of -"),
    (("2026-08-02", "5.00", "Write-off", "", ""), "2026-08-02 credit Write-off 5.00"),
    (("", "0.00", "", "", ""), ""),
    (("", "", "Cash", "", ""), ""),
    (("", "", "", "", ""), ""),
]


@pytest.mark.parametrize(("cells", "expected"), PAYMENTS)
def test_payment_cells_are_a_payment_a_credit_a_refund_or_nothing(cells: tuple[str, ...], expected: str):
    names = ("Payment_Date", "Payment_Amount", "Payment_Method", "Payment_Reference", "Payment_Status")

    (order,) = csv_orders(row(**dict(zip(names, cells, strict=True))))

    assert "\n".join(ledger(order).splitlines()[2:]) == expected


def test_a_row_may_carry_a_payment_alone():
    text = row(Payment_Date="2026-08-02", Payment_Amount="2") + "1\t\t\t\t\t2026-08-09\t3\n"

    (order,) = csv_orders(text)

    assert len(order.lines) == 1
    assert [str(payment.amount) for payment in order.payments] == ["2.00", "3.00"]


def test_a_payment_without_a_reference_has_the_same_id_in_every_import_and_another_in_another_order():
    cells = {"Payment_Date": "2026-08-02", "Payment_Amount": "5.00"}
    (first,), (again,), (other,) = (
        csv_orders(row(**cells, **more)) for more in ({}, {"Price": "9"}, {"Order_Number": "2"})
    )

    assert first.payments[0].source_id == again.payments[0].source_id != other.payments[0].source_id


def test_an_order_reads_the_same_however_its_numbers_are_written():
    plain, written_out = (
        csv_orders(row(Quantity="2", Price="5", Order_Total="10"))[0],
        csv_orders(row(Quantity="2.00", Price="$5.00", Order_Total="10.00"))[0],
    )

    assert order_body(plain) == order_body(written_out)


def test_the_order_id_is_the_source_id_where_there_is_one_and_lines_have_theirs():
    (order,) = csv_orders(row(Order_Id="A77", Line_Id="L9", Customer_Id="C3", Product_Id="P1", Product_Name="The Kit"))

    assert (order.source_id, order.number, order.customer.key) == ("A77", "1", "C3")
    assert (order.lines[0].key, order.lines[0].product_id, order.lines[0].product_name) == ("L9", "P1", "The Kit")


def test_numbers_that_a_spreadsheet_keeps_as_text_are_read_as_people_see_them():
    (order,) = csv_orders(row(Order_Number='="00123"', Price="'5", SKU="'007"))

    assert (order.number, order.total, order.lines[0].sku) == ("00123", Decimal(5), "007")


def test_another_currency_is_read_where_the_order_says_so():
    (order,) = csv_orders(row(Currency="eur", Price="5,50 €"))

    assert (order.currency, order.total) == ("EUR", Decimal("5.50"))


def test_blank_cells_of_later_rows_mean_the_same_as_the_first():
    text = (
        "Order Number,Order Date,Email,Line Item Name,Quantity,Price\n"
        "M-1,2026-08-01,a@example.com,Kit,1,5\n"
        "M-1,,,Mug,1,6\n"
        "M-1,,A@EXAMPLE.COM,Pot,1,7\n"
    )

    (order,) = csv_orders(text)

    assert (order.customer.email, order.total) == ("a@example.com", Decimal(18))


@pytest.mark.parametrize(
    ("cells", "options", "seen"),
    [
        ({"Order_Date": "03/04/2026"}, {"date_order": "dmy"}, "2026-04-03"),
        ({"Order_Date": "03/04/2026"}, {"date_order": "mdy"}, "2026-03-04"),
        ({"Price": "1,234"}, {"decimal_mark": "."}, "1234.00"),
        ({"Price": "1,234"}, {"decimal_mark": ","}, "1.23"),
    ],
)
def test_the_answers_of_a_person_decide_what_the_file_leaves_open(
    cells: dict[str, str], options: dict[str, str], seen: str
):
    (order,) = csv_orders(row(**cells), **options)

    assert seen in (str(order.placed_on), str(order.total))


def test_the_evidence_is_the_rows_as_the_file_has_them_without_card_data():
    text = row(Notes="card 4111 1111 1111 1111", CVV="123", Shoe_Size="44")

    good, _, _ = read("orders-csv", text)

    (kept,) = good[0].payload["rows"]
    assert kept["Shoe Size"] == "44"
    assert kept["CVV"] == "[removed]"
    assert "4111" not in kept["Notes"] + good[0].order.note
    assert good[0].where == "row 2"


def test_no_order_is_held_after_the_next_is_asked_for():
    rows = "".join(f"M-{number},2026-08-01,Kit,1,5\n" for number in range(300))
    file = io.BytesIO(f"Order Number,Order Date,Line Item Name,Quantity,Price\n{rows}".encode())

    assert most_alive_at_once(LAYOUTS["orders-csv"].read(file, options=ReadOptions())) <= 2
    assert not file.closed


def test_a_byte_order_mark_is_no_part_of_the_first_header():
    good, _, notices = read("orders-csv", codecs.BOM_UTF8 + STALL.encode())

    assert len(good) == 2
    assert notices == []


def test_the_latest_date_of_an_orders_rows_says_when_it_changed_last():
    header = "Order Number,Order Date,Item,Quantity,Price,Date Modified\n"
    rows = "1,2026-08-01,Mug,1,5.00,2026-08-20 10:00\n1,2026-08-01,Bowl,1,7.00,2026-08-22 09:30\n"

    (found,), errors, _ = read("orders-csv", header + rows)

    assert errors == []
    assert f"{found.modified_at:%Y-%m-%d %H:%M %Z}" == "2026-08-22 09:30 MDT"


STATUSES = "Order Number,Order Date,Status,Item,Quantity,Price,Payment Date,Payment Amount,Payment Status\n"


@pytest.mark.parametrize(
    "word", ["Paid", "Processing", "wc-processing", "Refunded", "Partially refunded", "Partially paid"]
)
def test_an_order_that_says_money_moved_and_shows_no_payment_is_asked_about(word: str):
    rows = f"1,2026-08-01,{word},Mug,1,5.00,,,\n2,2026-08-01,Unpaid,Mug,1,5.00,,,\n"

    good, errors, _ = read("orders-csv", STATUSES + rows)

    assert [read.order.number for read in good] == ["2"]
    assert [(error.code, error.column, error.order) for error in errors] == [("payments-missing", "Status", "1")]


def test_a_payment_status_without_an_amount_is_asked_about():
    _, errors, _ = read("orders-csv", STATUSES + "1,2026-08-01,Sent,Mug,1,5.00,,,Paid\n")

    assert [(error.code, error.column) for error in errors] == [("empty", "Payment Amount")]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Processing", "sale"),
        ("wc-completed", "sale"),
        ("On hold", "draft"),
        ("wc-on-hold", "draft"),
        ("Pending payment", "draft"),
        ("Refunded", "sale"),
        ("Partially refunded", "sale"),
        ("Failed", "cancelled"),
        ("Cancelled", "cancelled"),
    ],
)
def test_the_status_words_of_common_shops_are_known(word: str, status: str):
    (order,) = csv_orders(STATUSES + f"1,2026-08-01,{word},Mug,1,5.00,2026-08-01,5.00,Paid\n")

    assert order.status.value == status


@pytest.mark.parametrize("word", ["Closed", "Perhaps"])
def test_a_status_that_can_mean_two_things_is_asked_about(word: str):
    ((order,), errors, _) = read("orders-csv", STATUSES + f"1,2026-08-01,{word},Mug,1,5.00,,,\n")

    assert errors == []
    assert (order.order.status, order.status_word) == (OrderStatus.UNKNOWN, word)


def test_two_unknown_statuses_of_one_order_contradict_each_other():
    rows = "1,2026-08-01,Closed,Mug,1,5.00,,,\n1,2026-08-01,Perhaps,Cup,1,5.00,,,\n"
    _, errors, _ = read("orders-csv", STATUSES + rows)

    assert [error.code for error in errors] == ["rows-disagree"]
    assert "“Perhaps”" in errors[0].message.worded()
    assert "“Closed”" in errors[0].message.worded()


def test_long_addresses_and_descriptions_are_kept_whole():
    header = "Order Number,Order Date,Item,Description,Quantity,Price,Address,City,Zip,Notes\n"
    (order,) = csv_orders(
        header + f"1,2026-08-01,Mug,{'d' * 9000},1,5.00,{'a' * 900},{'c' * 400},{'8' * 60},{'n' * 9000}\n"
    )

    billing = order.customer.billing
    assert (len(billing.line1), len(billing.city), len(billing.postal_code)) == (900, 400, 60)
    assert (len(order.lines[0].description), len(order.note)) == (9000, 9000)


def test_each_layout_recognizes_a_file_of_the_other():
    with pytest.raises(UnreadableFile, match=r"Choose the layout Orders \(CSV or Excel\)"):
        read("keap-orders-json", "Order Number,Order Date,Item,Quantity,Price\n1,2026-08-01,Mug,1,5\n")
    with pytest.raises(UnreadableFile, match=r"Choose the layout Keap orders \(JSON\)"):
        read("orders-csv", '[{"id": 1, "total": 5}]')
