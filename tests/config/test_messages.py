"""Are all texts found, kept in a file that merges, and is a translation that says something else noticed?"""

from __future__ import annotations

import gettext
import json
import re
from pathlib import Path

import pytest

from config.translations import compiled, offered
from tools.messages.catalog import as_file, merged, read_translations, translated
from tools.messages.check import compared, faults_of
from tools.messages.slices import exported, imported
from tools.messages.texts import MarkedWronglyError, SourceText, texts_of

ORDERS = SourceText("%(n)d order", plural="%(n)d orders", places=["a.py:3"])
SAVE = SourceText("Save %(name)s", places=["a.py:1"])
TEMPLATES = Path(__file__).parents[2] / "templates"
_NAMED = re.compile(r'\{% translate "([^"]+)" %\}')
TEXTS = {text.key: text for text in (ORDERS, SAVE)}


def texts_in(folder: Path, name: str, source: str) -> list[tuple[str, str, str, int]]:
    (folder / name).write_text(source, encoding="utf-8")
    return [(text.context, text.text, text.plural, line) for text, line in texts_of(folder / name)]


def test_every_way_to_mark_a_text_in_python_is_found(tmp_path):
    source = """a = _("Save")
b = gettext_noop(
    "Sent "
    "again")
c = f"{ngettext('one', 'many', n)}"
d = pgettext_lazy("a verb", "Post")
e = _("On" if x else "Off")
f = translation.gettext("Late")
g = _(a)
"""

    assert texts_in(tmp_path, "a.py", source) == [
        ("", "Save", "", 1),
        ("", "Sent again", "", 2),
        ("a verb", "Post", "", 6),
        ("", "On", "", 7),
        ("", "Off", "", 7),
        ("", "Late", "", 8),
        ("", "one", "many", 5),
    ]


def test_a_text_that_is_put_together_on_the_spot_is_refused(tmp_path):
    with pytest.raises(MarkedWronglyError, match=r"a.py:1: .*named gaps"):
        texts_in(tmp_path, "a.py", 'a = _(f"Save {name}")')


def test_every_way_to_mark_a_text_in_a_template_is_found(tmp_path):
    source = """{% load i18n %}<a title="{% trans 'Open (it)' %}">{% translate "Say “hello”" %}</a>
{% blocktrans trimmed count n=rows|length with name=who.name %}
    One row of {{ name }}'s, 5%.
{% plural %}
    {{ n }} rows.
{% endblocktrans %}
{% include "a.html" with label=_("Label") %}{{ name|default:_("None") }}{% trans "May" context "month" %}"""

    assert texts_in(tmp_path, "a.html", source) == [
        ("", "Open (it)", "", 1),
        ("", "Say “hello”", "", 1),
        ("", "One row of %(name)s's, 5%%.", "%(n)s rows.", 2),
        ("", "Label", "", 7),
        ("", "None", "", 7),
        ("month", "May", "", 7),
    ]


def test_what_is_translated_stays_what_is_new_is_added_and_what_is_gone_is_dropped():
    known = {SAVE.key: translated(SAVE, ["Salvare %(name)s"]), ("", "Gone"): translated(SourceText("Gone"), ["Dus"])}

    found = merged(TEXTS, known)

    assert list(found) == [ORDERS.key, SAVE.key]
    assert found[SAVE.key].string == "Salvare %(name)s"
    assert found[ORDERS.key].string == ("", "", "")


def test_the_file_is_the_same_bytes_for_the_same_translations_without_dates_and_places():
    file = as_file(merged(TEXTS, {})).decode()

    assert file == as_file(merged(dict(reversed(TEXTS.items())), {})).decode()
    assert file.endswith(
        '#, python-format\nmsgid "%(n)d order"\nmsgid_plural "%(n)d orders"\n'
        'msgstr[0] ""\nmsgstr[1] ""\nmsgstr[2] ""\n\n'
        '#, python-format\nmsgid "Save %(name)s"\nmsgstr ""\n\n'
    )
    assert "a.py" not in file
    assert "Date" not in file


@pytest.mark.parametrize(
    ("text", "plural", "words", "fault"),
    [
        ("Save %(name)s", "", ["Salvare"], "lacks %(name)s"),
        ("Save", "", ["Salvare %(name)s"], "has %(name)s, which"),
        ("%(n)d rows", "", ["%(n)s rânduri"], "lacks %(n)d"),
        ("%s of %d", "", ["%d din %s"], "lacks %d (2), %s (1)"),
        ("{name} is gone", "", ["{nume} lipsește"], "lacks {name}"),
        ("5%% off", "", ["5% reducere"], "lacks %%"),
        ("<b>Bold</b>", "", ["<b>Aldin"], "tags differ"),
        ("Line\n", "", ["Linie"], "at its end differ"),
        (" Line", "", ["Linie"], "at its beginning differ"),
        ("Closed", "", ["Închisă, ştearsă"], "cedilla"),
        ("%(n)d order", "%(n)d orders", ["o comandă", "%(n)d comenzi"], "2 forms and needs 3"),
        ("%(n)d order", "%(n)d orders", ["o comandă", "comenzi", "%(n)d de comenzi"], "Form 2 of 3: It lacks %(n)d"),
    ],
)
def test_a_translation_that_says_something_else_is_named(text, plural, words, fault):
    assert fault in " ".join(faults_of(text, plural, words))


def test_a_translation_that_says_the_same_has_no_fault():
    assert faults_of("%(n)d order", "%(n)d orders", ["o comandă", "%(n)d comenzi", "%(n)d de comenzi"]) == []
    assert faults_of("<b>%(a)s</b> of %(b)s, 5%%", "", ["%(b)s: <b>%(a)s</b>, 5%%"]) == []


def test_the_check_names_what_is_missing_gone_fuzzy_or_has_lost_a_form():
    known = merged(TEXTS, {SAVE.key: translated(SAVE, ["Salvare %(name)s"])})
    assert compared(TEXTS, known) == ([], ["a.py:3: “%(n)d order” is not translated."])

    known[SAVE.key].flags.add("fuzzy")
    known[ORDERS.key] = translated(ORDERS, ["o comandă", "", "%(n)d de comenzi"])
    new = SourceText("New", places=["b.html:7"])
    wrong, untranslated = compared(
        {**TEXTS, new.key: new}, {**known, ("", "Gone"): translated(SourceText("Gone"), [""])}
    )

    assert untranslated == []
    assert wrong == [
        "b.html:7: “New” is not in it.",
        "“Gone” is in it, and no longer in the code.",
        "a.py:3: “%(n)d order” lacks one of its forms.",
        "a.py:1: “Save %(name)s” is marked fuzzy: look at it, and take the mark away.",
    ]


def test_a_slice_goes_out_and_comes_back_and_lines_with_a_mistake_are_named():
    known = merged(TEXTS, {})
    rows = [json.loads(line) for line in exported(TEXTS, known, only_missing=True, start=0, count=None)]
    assert [(row["text"], row["plural"], row["where"]) for row in rows] == [
        ("%(n)d order", "%(n)d orders", ["a.py:3"]),
        ("Save %(name)s", "", ["a.py:1"]),
    ]

    lines = [
        json.dumps({"id": rows[0]["id"], "translations": ["o comandă", "%(n)d comenzi", "%(n)d de comenzi"]}),
        json.dumps({"text": "Save %(name)s", "translations": ["Salvare"]}),
        json.dumps({"text": "Unknown", "translations": ["Necunoscut"]}),
        json.dumps({"text": "Save %(name)s", "translations": [""]}),
        "not JSON",
    ]
    taken, wrong = imported(lines, TEXTS, known)

    assert taken == 1
    assert [line.split(":")[0] for line in wrong] == ["Line 2", "Line 3", "Line 4", "Line 5"]
    assert "lacks %(name)s" in wrong[0]
    assert [json.loads(line)["text"] for line in exported(TEXTS, known, only_missing=True, start=0, count=None)] == [
        "Save %(name)s"
    ]


def test_what_is_translated_can_be_read_without_a_further_step(tmp_path):
    source = tmp_path / "locale" / "ro" / "LC_MESSAGES"
    source.mkdir(parents=True)
    words = ["o comandă", "%(n)d comenzi", "%(n)d de comenzi"]
    (source / "django.po").write_bytes(as_file(merged(TEXTS, {ORDERS.key: translated(ORDERS, words)})))

    (folder,) = compiled(tmp_path / "locale", tmp_path / "var")
    romanian = gettext.translation("django", folder, ["ro"])

    said = [
        romanian.ngettext(ORDERS.text, ORDERS.plural, number) % {"n": number} for number in (1, 2, 0, 19, 20, 101, 102)
    ]
    assert said == ["o comandă", "2 comenzi", "0 comenzi", "19 comenzi", "20 de comenzi", "101 comenzi", "102 comenzi"]
    assert romanian.gettext("Save %(name)s") == "Save %(name)s"  # not translated: English
    assert compiled(tmp_path / "locale", tmp_path / "var") == [folder]

    (source / "django.po").write_bytes(as_file(merged(TEXTS, {SAVE.key: translated(SAVE, ["Salvare %(name)s"])})))
    (newer,) = compiled(tmp_path / "locale", tmp_path / "var")
    assert newer != folder
    assert gettext.translation("django", newer, ["ro"]).gettext("Save %(name)s") == "Salvare %(name)s"


def test_a_file_that_a_merge_has_broken_stops_no_process(tmp_path, caplog):
    source = tmp_path / "locale" / "ro" / "LC_MESSAGES"
    source.mkdir(parents=True)
    (source / "django.po").write_text(
        'msgid "Save"\n<<<<<<< HEAD\nmsgid "Open"\nmsgstr "Deschidere"\n', encoding="utf-8"
    )

    assert len(compiled(tmp_path / "locale", tmp_path / "var")) == 1
    assert "cannot be read, so its texts are English" in caplog.text


@pytest.mark.parametrize(("translated_texts", "languages"), [(97, []), (98, ["ro"]), (100, ["ro"])])
def test_a_language_is_offered_once_its_translation_is_whole(tmp_path, translated_texts, languages):
    texts = [SourceText(f"Text {number:03}") for number in range(100)]
    words = {text.key: translated(text, ["Da" if place < translated_texts else ""]) for place, text in enumerate(texts)}
    source = tmp_path / "locale" / "ro" / "LC_MESSAGES"
    source.mkdir(parents=True)
    (source / "django.po").write_bytes(as_file(words))

    assert offered(compiled(tmp_path / "locale", tmp_path / "var")) == languages


def test_a_button_that_a_text_tells_to_press_is_called_so_on_a_page():
    # What only the page about the server has is no button of a company
    pages = [page for page in TEMPLATES.rglob("*.html") if page.name != "status.html"]
    names = {name for page in pages for name in _NAMED.findall(page.read_text(encoding="utf-8"))}
    names.add("Try again")  # of a table, made in Python
    texts = [text for _context, text in read_translations()]
    told = [text[place.start(1) :] for text in texts for place in re.finditer(r"\b[Pp]ress(?:es)? ([A-Z])", text)]

    unknown = [words for words in told if not any(_begins_with(words, name) for name in names)]

    assert len(told) > 20
    assert unknown == []


def _begins_with(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()
