"""Is what is kept in English told in the language of its reader, and is it kept in English for every writer?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.test import override_settings
from django.utils import translation

from companies.stored_texts import facts_retold, in_english, retold
from reconciliation.wording import event_words, tell
from sync.history import record
from tests.factories import order_of, prepared, the_studio

ROMANIAN = {
    "Invoice %(name)s": "Factura %(name)s",
    "Payment %(name)s": "Plata %(name)s",
    "Cash": "Numerar",
    "row %(row)d": "rândul %(row)d",
    "product %(name)s": "produsul „%(name)s”",
    "Payment %(payment)s failed. No money arrived, so it posts nothing.": (
        "Plata %(payment)s nu a reușit. Nu a sosit niciun ban, deci nu se înregistrează nimic."
    ),
    "Refunds of the order come to %(amount)s, and only %(received)s was received for it.": (
        "Rambursările comenzii însumează %(amount)s, iar pentru ea s-au încasat doar %(received)s."
    ),
    "The customer is “%(name)s”.": "Clientul este „%(name)s”.",
    "“%(name)s” (%(used_by)s) cannot be a QuickBooks name. %(verdict)s": (
        "„%(name)s” (%(used_by)s) nu poate fi o denumire în QuickBooks. %(verdict)s"
    ),
    "“%(level)s” has %(length)d characters; the limit is %(longest)d.": (
        "„%(level)s” are caractere: %(length)d; limita este %(longest)d."
    ),
    "Fix: %(what)s": "Remediere: %(what)s",
    "Prepared: %(documents)s.": "S-au pregătit: %(documents)s.",
    "QuickBooks has no active account “%(account)s” (%(used_by)s).": (
        "QuickBooks nu are niciun cont activ „%(account)s” (%(used_by)s)."
    ),
}
ORDERS = ("%(number)d order waits.", "%(number)d orders wait.")
FORMS = ("O comandă așteaptă.", "%(number)d comenzi așteaptă.", "%(number)d de comenzi așteaptă.")


@pytest.fixture(autouse=True)
def spoken(tmp_path: Path) -> Iterator[None]:
    catalog = Catalog(locale="ro")
    for text, words in ROMANIAN.items():
        catalog.add(text, words)
    catalog.add(ORDERS, FORMS)
    made = tmp_path / "ro" / "LC_MESSAGES" / "django.mo"
    made.parent.mkdir(parents=True)
    with made.open("wb") as file:
        write_mo(file, catalog)
    languages = [("en", "English"), ("ro", "Romanian")]
    with override_settings(LOCALE_PATHS=[tmp_path], LANGUAGES=languages), translation.override("ro"):
        yield


@pytest.mark.criterion("C56")
@pytest.mark.parametrize(
    ("english", "romanian"),
    [
        ("Invoice 2025", "Factura 2025"),
        ("Invoice 2001, Payment 20010", "Factura 2001, Plata 20010"),
        ("product Wheel, green", "produsul „Wheel, green”"),
        (
            "Payment 21210 failed. No money arrived, so it posts nothing.",
            "Plata 21210 nu a reușit. Nu a sosit niciun ban, deci nu se înregistrează nimic.",
        ),
        (
            "Refunds of the order come to 1,234.50 USD, and only 99.00 USD was received for it.",
            "Rambursările comenzii însumează 1.234,50 USD, iar pentru ea s-au încasat doar 99,00 USD.",
        ),
        (
            "“Kids' Clay, Summer” (product Clay) cannot be a QuickBooks name. “Kids' Clay, Summer” has 18 characters; "
            "the limit is 10.",
            "„Kids' Clay, Summer” (produsul „Clay”) nu poate fi o denumire în QuickBooks. „Kids' Clay, Summer” are "
            "caractere: 18; limita este 10.",
        ),
        ("21 orders wait.", "21 de comenzi așteaptă."),
        ("2 orders wait.", "2 comenzi așteaptă."),
        ("-1,234.50 USD", "-1.234,50 USD"),
        ("Something that no marked text says.", "Something that no marked text says."),
        ("", ""),
    ],
)
def test_a_kept_text_is_told_in_the_language_of_the_reader(english: str, romanian: str) -> None:
    assert retold(english) == romanian
    with translation.override("en-us"):
        assert retold(english) == english


def test_a_text_that_a_romanian_person_made_is_kept_in_english() -> None:
    assert in_english("Clientul este „Ana Ionescu”.") == "The customer is “Ana Ionescu”."
    assert in_english("21 de comenzi așteaptă.") == "21 orders wait."
    assert in_english("Ana Ionescu") == "Ana Ionescu"


@pytest.mark.criterion("C56")
def test_a_name_is_never_translated_even_where_it_is_a_word_of_ours() -> None:
    assert retold("The customer is “Cash”.") == "Clientul este „Cash”."
    assert facts_retold({"customer": "Cash", "used_by": "product Cash", "money": "1,000.00 EUR"}) == {
        "customer": "Cash",
        "used_by": "produsul „Cash”",
        "money": "1.000,00 EUR",
    }


@pytest.mark.django_db
@pytest.mark.criterion("C56")
def test_an_event_is_kept_in_english_and_told_in_the_language_of_its_reader() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    order = order_of(company, "1042")

    record(order, "fixed", what="Clientul este „Ana Ionescu”.")
    event = order.events.latest("pk")

    assert event.facts == {"what": "The customer is “Ana Ionescu”."}
    assert event_words(event) == "Remediere: Clientul este „Ana Ionescu”."
    with translation.override("en"):
        assert event_words(event) == "Fix: The customer is “Ana Ionescu”."
    made = order.events.get(step="prepared")
    assert event_words(made) == "S-au pregătit: Factura 1042."


def test_the_facts_of_a_problem_are_told_in_the_language_of_the_reader() -> None:
    facts = {"account": "Sales", "used_by": "product Clay", "suggestions": [], "inactive": False, "renamed_to": ""}

    told = tell("account-not-in-quickbooks", facts)

    assert told.explanation == "QuickBooks nu are niciun cont activ „Sales” (produsul „Clay”)."


@pytest.mark.parametrize(("kept", "told"), [("row 14", "rândul 14"), ("row of chairs", "row of chairs")])
def test_a_place_in_a_file_is_told_though_it_has_few_letters(kept: str, told: str) -> None:
    assert retold(kept) == told
