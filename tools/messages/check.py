"""Does a translation say what the text says? Its gaps, its tags, its line ends, and a form for every number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tools.messages.catalog import FORMS, Translations, plural_of, words_of
from tools.messages.texts import Texts

_GAP = re.compile(r"%\(\w+\)[-+ 0#]*\d*(?:\.\d+)?[a-zA-Z]|%%|%[sd]|\{\w*\}")
_NAMED = re.compile(r"%\(\w+\)|\{\w+\}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_CEDILLA = re.compile("[şţŞŢ]")


def compared(texts: Texts, known: Translations) -> tuple[list[str], list[str]]:
    """What is wrong with the translations of a language, and what is not translated yet: a sentence for each text.

    Args:
        texts: Of the code.
        known: Of the file.
    """
    wrong = [f"{text.places[0]}: “{text.text}” is not in it." for key, text in texts.items() if key not in known]
    wrong += [f"“{text}” is in it, and no longer in the code." for _, text in sorted(known.keys() - texts.keys())]
    untranslated = []
    for key in sorted(texts.keys() & known.keys()):
        text, message = texts[key], known[key]
        where = f"{text.places[0]}: “{text.text}”"
        if plural_of(message) != text.plural:
            wrong.append(f"{where} has another plural in it.")
        elif not any(words_of(message)):
            untranslated.append(f"{where} is not translated.")
        elif not all(words_of(message)):
            wrong.append(f"{where} lacks one of its forms.")
        elif message.fuzzy:
            wrong.append(f"{where} is marked fuzzy: look at it, and take the mark away.")
        else:
            wrong += [f"{where}: {fault}" for fault in faults_of(text.text, text.plural, words_of(message))]
    return wrong, untranslated


def faults_of(text: str, plural: str, words: Sequence[str]) -> list[str]:
    """What is wrong with a translation, in sentences; nothing when it can be used.

    Args:
        text: In English, for one.
        plural: In English, for many; empty for a text that counts nothing.
        words: The translation, with one form for each number. None of them is empty.
    """
    wanted = FORMS if plural else 1
    if len(words) != wanted:
        return [f"It has {len(words)} forms and needs {wanted}{' (one, few, many)' if plural else ''}."]
    found: list[str] = []
    for number, form in enumerate(words):
        is_one = bool(plural) and number == 0
        where = f"Form {number + 1} of {wanted}: " if plural else ""
        faults = _faults_of_form(form, [text, plural] if is_one else [plural or text], may_lack=int(is_one))
        found += [where + fault for fault in faults]
    return found


def _faults_of_form(form: str, models: list[str], *, may_lack: int) -> list[str]:
    """What is wrong with one form.

    Args:
        form: In the other language.
        models: In English; it has to be like one of them.
        may_lack: How many gaps may be left out: one can be said in words, “o comandă”.
    """
    found = []
    if not any(_gaps(form) <= _gaps(model) and (_gaps(model) - _gaps(form)).total() <= may_lack for model in models):
        missing, added = _gaps(models[0]) - _gaps(form), _gaps(form) - _gaps(models[0])
        if missing:
            found.append(f"It lacks {', '.join(sorted(missing))}.")
        if added:
            found.append(f"It has {', '.join(sorted(added))}, which the text does not have.")
        if not (missing or added):
            found.append("Its gaps are in another sequence, and they have no names.")
    for name, pattern in (("tags", _TAG), ("line ends or blanks at its beginning", re.compile(r"\A\s+"))):
        if not any(Counter(pattern.findall(form)) == Counter(pattern.findall(model)) for model in models):
            found.append(f"Its {name} differ from those of the text.")
    if not any(re.findall(r"\s+\Z", form) == re.findall(r"\s+\Z", model) for model in models):
        found.append("Its line ends or blanks at its end differ from those of the text.")
    if _CEDILLA.search(form):
        found.append("It has ş or ţ with a cedilla; Romanian has ș and ț, with a comma below.")
    return found


def _gaps(text: str) -> Counter[str]:
    """Named gaps count once however often they come; those without a name keep their number and their place."""
    found = _GAP.findall(text)
    named = {gap for gap in found if _NAMED.match(gap)}
    percents = [gap for gap in found if gap == "%%"]
    unnamed = [gap for gap in found if not _NAMED.match(gap) and gap != "%%"]
    return Counter([*named, *percents, *(f"{gap} ({place + 1})" for place, gap in enumerate(unnamed))])
