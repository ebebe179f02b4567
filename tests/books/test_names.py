"""Does the verdict on a name say what is wrong, and is its cure a cure?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from books.messages import all_worded
from books.names import DEEPEST, NameRule, NameVerdict, judge_account_path, judge_customer_name, judge_item_name, levels
from books.translation import gettext_noop

STRICTEST = NameRule.FEWER_THAN_31
WIDTHLESS = "\u200b\u2060\ufeff"

#: Names that break many rules at once, and names that are nearly good.
awkward = st.one_of(
    st.text(st.sampled_from(f'ab é:: \u00a0\u3000\u2028\t\r\n\v\x85\x1c\x00"{WIDTHLESS}\u0301😀'), max_size=40),
    st.text(max_size=8),
    st.text("abé: ", min_size=1, max_size=12),
)
rules = st.sampled_from(NameRule)


def judge(text: str, rule: NameRule = STRICTEST) -> NameVerdict:
    return judge_account_path(text, rule=rule)


def codes(text: str, rule: NameRule = STRICTEST) -> list[str]:
    return [fault.code for fault in judge(text, rule).faults]


# Length --------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A12")
def test_thirty_characters_pass_keaps_rule_and_thirty_one_are_refused_with_the_limit_named():
    refused = judge_item_name("x" * 31, rule=NameRule.FEWER_THAN_31)

    assert judge_item_name("x" * 30, rule=NameRule.FEWER_THAN_31).ok
    assert all_worded(refused.messages) == f"“{'x' * 31}” has 31 characters; the limit is 30."
    assert refused.corrected is None


@pytest.mark.criterion("A12")
@pytest.mark.parametrize(
    ("rule", "longest"),
    [(NameRule.FEWER_THAN_31, 30), (NameRule.AT_MOST_31, 31), (NameRule.AT_MOST_100, 100)],
)
def test_each_rule_accepts_its_longest_name_and_nothing_longer(rule: NameRule, longest: int):
    assert rule.longest == longest
    assert codes("x" * longest, rule) == []
    assert codes("x" * (longest + 1), rule) == ["too-long"]


@pytest.mark.criterion("A12")
def test_each_level_of_a_path_is_measured_by_itself():
    assert judge(":".join(["x" * 30] * 5)).ok
    assert all_worded(judge(f"Services:{'x' * 31}:{'y' * 32}").messages) == (
        f"“{'x' * 31}” has 31 characters; the limit is 30. “{'y' * 32}” has 32 characters; the limit is 30."
    )


@pytest.mark.parametrize("mark", ["é", "Ж", "字", "😀", "&", "'"])
def test_a_character_of_any_script_counts_once(mark: str):
    assert judge(mark * 30).ok
    assert codes(mark * 31) == ["too-long"]


def test_an_accent_typed_as_its_own_character_counts_as_one():
    word = unicodedata.normalize("NFD", "é" * 16)

    assert len(word) == 32
    assert codes(word) == ["too-long"]
    assert judge(unicodedata.normalize("NFC", word)).ok


def test_spaces_around_a_name_do_not_make_it_too_long():
    assert codes(f"  {'x' * 30}  ") == ["space-around"]


# Paths ---------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A16", "A19", "A20")
@pytest.mark.parametrize(
    "path",
    [
        "Advertising",
        "Office Expenses:Stationery & Supplies",
        "Services:Training:Classes",
        "One:Two:Three:Four:Five",
        "Crème Brûlée:O'Malley & Söhne:Уроки керамики",
    ],
)
def test_a_plain_account_and_paths_to_five_levels_are_good(path: str):
    assert judge(path) == NameVerdict(text=path)


def test_six_levels_are_one_too_many():
    assert (
        all_worded(judge("One:Two:Three:Four:Five:Six").messages)
        == "The name has 6 levels; QuickBooks keeps at most 5."
    )


@pytest.mark.criterion("A17")
@pytest.mark.parametrize(
    "typed",
    [
        "Office Expenses :Stationery & Supplies",
        "Office Expenses: Stationery & Supplies",
        "Office Expenses \u00a0 : \u3000Stationery & Supplies",
    ],
)
def test_a_space_beside_a_colon_is_refused_with_the_corrected_path(typed: str):
    verdict = judge(typed)

    assert [fault.code for fault in verdict.faults] == ["space-beside-colon"]
    assert verdict.corrected == "Office Expenses:Stationery & Supplies"


@pytest.mark.parametrize("path", [":Sales", "Sales:", "Sales::Kits", ":", "Sales: :Kits"])
def test_an_empty_level_is_refused_and_nothing_is_guessed(path: str):
    assert "empty-level" in codes(path)
    assert judge(path).corrected is None


@pytest.mark.parametrize("text", ["", " ", "\u00a0\t\n", *WIDTHLESS])
def test_a_name_of_nothing_is_called_empty_and_nothing_else(text: str):
    assert all_worded(judge(text).messages) == "The name is empty."


# Characters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "what"),
    [
        ("\t", "a tab"),
        ("\n", "a line break"),
        ("\r", "a line break"),
        ("\u2028", "a line break"),
        ('"', "a double quote"),
        ("\x00", "a character that cannot be printed"),
        ("\ud83d", "a character that cannot be printed"),
    ],
)
def test_a_character_that_quickbooks_refuses_is_named(mark: str, what: str):
    assert (
        all_worded(judge(f"Clay{mark}Kit").messages) == f"The name contains {what}, which QuickBooks does not accept."
    )


def test_a_character_is_named_once_however_often_it_stands_there():
    assert codes('"Clay"\r\n"Kit"') == ["character", "character"]


@pytest.mark.parametrize("typed", ["Clay\tKit", "Clay\r\nKit", "Clay \n Kit", "Clay\u2029Kit\n"])
def test_tabs_and_line_breaks_are_corrected_to_one_space(typed: str):
    assert judge(typed).corrected == "Clay Kit"


@pytest.mark.parametrize("typed", ['12" Vase', "Clay\x00Kit"])
def test_a_quote_or_an_unprintable_character_is_left_to_a_person(typed: str):
    assert judge(typed).corrected is None


@pytest.mark.parametrize("mark", WIDTHLESS)
def test_an_invisible_character_at_an_end_is_found_and_taken_away(mark: str):
    for typed in (f"{mark}Sales:Kits", f"Sales{mark} :Kits", f"Sales: {mark}Kits", f"Sales:Kits{mark}"):
        assert "invisible-character" in codes(typed)
        assert judge(typed).corrected == "Sales:Kits"


@pytest.mark.parametrize("name", ["Family 👨‍👩‍👧", "می‌خواهم", "Double  space", "Flag 🏴\U000e0067\U000e0062\U000e007f"])
def test_what_a_person_may_mean_inside_a_name_stays(name: str):
    assert judge(name).ok


def test_a_correction_leaves_the_spaces_inside_a_name_alone():
    assert judge(" Double  space\u00a0here ").corrected == "Double  space\u00a0here"


def test_every_fault_is_told_at_once():
    assert codes(' "Sales" :' + "x" * 31 + ":::::") == [
        "space-beside-colon",
        "space-around",
        "character",
        "too-deep",
        "empty-level",
        "too-long",
    ]


# What holds for any text ---------------------------------------------------------------------------------------------


@given(text=awkward, rule=rules)
@example(text=" \u200b:\u200b ", rule=STRICTEST)
@example(text="Sales\t\u200b\t:Kits", rule=STRICTEST)
def test_a_corrected_text_is_good_and_differs_and_needs_no_second_correction(text: str, rule: NameRule):
    corrected = judge(text, rule).corrected

    if corrected is not None:
        assert corrected != text
        assert judge(corrected, rule) == NameVerdict(text=corrected)


@given(text=awkward, rule=rules)
def test_a_good_name_keeps_every_rule(text: str, rule: NameRule):
    if not judge(text, rule).ok:
        return
    parts = text.split(":")
    assert len(parts) <= DEEPEST
    assert all(0 < len(part) <= rule.longest for part in parts)
    assert all(part == part.strip() == part.strip(WIDTHLESS) for part in parts)
    assert not set(text) & set('\t\n\r\v\f\x85\u2028\u2029\x00"')
    assert text.encode().decode() == text


@given(parts=st.lists(st.text("abcÀé字😀&' -.,#%", min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_path_of_short_ordinary_levels_is_good(parts: list[str]):
    path = ":".join(f"x{part[:28]}x" for part in parts)

    assert judge(path).ok
    assert ":".join(levels(path)) == path


@given(text=awkward, rule=rules)
def test_a_verdict_is_good_or_says_why_in_whole_sentences(text: str, rule: NameRule):
    verdict = judge(text, rule)

    assert verdict.ok == (not all_worded(verdict.messages))
    assert verdict.corrected is None or not verdict.ok
    assert all(fault.message.worded().endswith(".") and fault.code for fault in verdict.faults)


@given(text=awkward)
def test_a_longer_rule_never_refuses_what_a_shorter_one_accepts(text: str):
    accepted = [judge(text, rule).ok for rule in NameRule]

    assert accepted == sorted(accepted)


@given(text=awkward, rule=rules)
def test_items_and_accounts_are_judged_alike(text: str, rule: NameRule):
    assert judge_item_name(text, rule=rule) == judge_account_path(text, rule=rule)


def test_every_blank_that_unicode_knows_is_taken_off_the_ends():
    blanks = "".join(filter(str.isspace, map(chr, range(0x110000))))

    assert judge(f"Sales{blanks}:{blanks}Kits").corrected == "Sales:Kits"


# Customers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ['Robert "Bob" Smith', "O'Malley & Daughters", "Zoë Søn", "x" * 500, "Lee, Ann #2"])
def test_a_customers_name_may_have_quotes_and_be_long(name: str):
    assert judge_customer_name(name).ok


@pytest.mark.parametrize(
    ("name", "corrected"),
    [
        ("Studio: Denver", "Studio - Denver"),
        ("Studio:Denver", "Studio-Denver"),
        ("Ann\tLee", "Ann Lee"),
        ("Ann Lee\n", "Ann Lee"),
        (" \t ", None),
        ("x" * 501, None),
    ],
)
def test_a_colon_a_tab_and_a_line_break_are_not_a_customers_and_the_name_without_them_is_offered(
    name: str, corrected: str | None
):
    verdict = judge_customer_name(name)

    assert not verdict.ok
    assert verdict.corrected == corrected


@given(text=awkward)
def test_a_corrected_customers_name_is_a_good_one(text: str):
    corrected = judge_customer_name(text).corrected

    assert corrected is None or judge_customer_name(corrected).ok


# Words ---------------------------------------------------------------------------------------------------------------


def test_faults_are_worded_in_the_readers_language():
    romanian = {
        gettext_noop("The name has %(depth)d levels; QuickBooks keeps at most %(deepest)d."): (
            "Numele are %(depth)d niveluri; QuickBooks păstrează cel mult %(deepest)d."
        )
    }

    verdict = judge("a:b:c:d:e:f")

    assert all_worded(verdict.messages, lambda sentence: romanian[sentence]) == (
        "Numele are 6 niveluri; QuickBooks păstrează cel mult 5."
    )


def test_every_rule_has_its_own_label():
    assert len({rule.label for rule in NameRule}) == len(NameRule)
