"""Can any text break a row, or change without a word?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.quickbooks_desktop.writing.cleaning import clean, clean_level, cut, marked, shortened
from sync.quickbooks_desktop.writing.rows import IifRow, text_of
from sync.quickbooks_desktop.writing.settings import CodePage

ANY = st.text() | st.text(alphabet="\t\r\n\";=+-@,:\\n'\u200b\u2028é€“\x00\x1f\xa0 ")
PAGES = st.sampled_from(CodePage)


@pytest.mark.parametrize(
    ("before", "ascii_text", "western"),
    [
        ("Zoë Smith", "Zoe Smith", "Zoë Smith"),
        ("Ștefan Țepeș", "Stefan Tepes", "Stefan Tepes"),
        ("Straße", "Strasse", "Straße"),
        ("Łódź", "Lodz", "Lódz"),
        ("“Crème” – brûlée…", "'Creme' - brulee...", "“Crème” – brûlée…"),
        ("5 €", "5 EUR", "5 €"),
        ("Мария", "Mariya", "Mariya"),
        ("tea 🍵 pot", "tea ? pot", "tea ? pot"),
        ('12" wheel', "12' wheel", "12' wheel"),
        ("one; two", "one, two", "one, two"),
        ("one\ttwo\r\nthree", "one two three", "one two three"),
        ("one\\ntwo", "one two", "one two"),
        ("=SUM(A1)", "'=SUM(A1)", "'=SUM(A1)"),
        ("+1", "'+1", "'+1"),
        ("-5", "'-5", "'-5"),
        ("@cmd", "'@cmd", "'@cmd"),
        ("  around \u200b", "around", "around"),
        ("no\x00break\xa0here", "nobreak here", "nobreak here"),
        ("½ price", "1/2 price", "½ price"),
        ("Cafe\u0301", "Cafe", "Café"),
        ("O'Malley & Co, Ltd. (C1042)", "O'Malley & Co, Ltd. (C1042)", "O'Malley & Co, Ltd. (C1042)"),
    ],
)  # fmt: skip
def test_a_text_is_replaced_as_the_page_says(before, ascii_text, western):
    assert clean(before, code_page=CodePage.ASCII) == ascii_text
    assert clean(before, code_page=CodePage.WINDOWS_1252) == western


@given(text=ANY, page=PAGES)
def test_no_text_can_break_a_row_begin_a_formula_or_leave_the_code_page(text, page):
    cleaned = clean(text, code_page=page)

    assert cleaned.encode(page.codec).decode(page.codec) == cleaned
    assert not set(cleaned) & set('\t\r\n";')
    assert "\\n" not in cleaned
    assert not cleaned.startswith(("=", "+", "-", "@"))
    assert cleaned == cleaned.strip()
    assert all(unicodedata.category(mark) not in {"Cc", "Cf"} for mark in cleaned)
    row = text_of(IifRow("VEND", {"NAME": cleaned, "VTYPE": cleaned}))
    assert row.count("\t") == 2
    assert row.count("\n") == 1


@given(text=ANY, page=PAGES)
def test_cleaning_twice_is_cleaning_once(text, page):
    once = clean(text, code_page=page)

    assert clean(once, code_page=page) == once


@given(text=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="\";=+-@\\ '")))
def test_an_ordinary_text_is_left_alone(text):
    assert clean(text, code_page=CodePage.ASCII) == text


@given(text=ANY, page=PAGES)
def test_a_new_name_has_one_level_and_fits_its_length(text, page):
    name = shortened(clean_level(text, code_page=page), 41, seed=text)

    assert len(name) <= 41
    assert ":" not in name
    assert clean_level(name, code_page=page) == name


def test_shortened_names_stay_apart_and_the_same():
    one, two = ("The Extraordinarily Long Name of a Pottery " + end for end in ("North", "South"))

    assert shortened(one, 41, seed=one) != shortened(two, 41, seed=two)
    assert shortened(one, 41, seed=one) == shortened(one, 41, seed=one)
    assert len(marked(one, 41, seed="7")) <= 41


def test_a_text_that_was_cut_shows_it():
    assert cut("12 Very Long Street Name Indeed, Apartment 1204", 41) == "12 Very Long Street Name Indeed, Apart..."
    assert len(cut("x" * 50, 41)) == 41
    assert cut("short", 41) == "short"


@pytest.mark.parametrize("value", ["a\tb", "a\nb", "a\rb", 'a"b'])
def test_the_serializer_refuses_what_nobody_cleaned(value):
    with pytest.raises(ValueError, match="break its row"):
        text_of(IifRow("VTYPE", {"NAME": value}))


def test_the_serializer_refuses_a_value_without_a_column():
    with pytest.raises(ValueError, match="no column CLASS"):
        text_of(IifRow("SPL", {"CLASS": "West"}))


def test_a_value_with_a_comma_is_quoted():
    assert text_of(IifRow("VTYPE", {"NAME": "Mesa, AZ"})) == 'VTYPE\t"Mesa, AZ"\r\n'
