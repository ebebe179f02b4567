"""Hand a slice of the texts to a translator and take it back, as JSON lines; with the checks of `make lint`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tools.messages.catalog import Translations, translated, words_of
from tools.messages.check import faults_of
from tools.messages.texts import SourceText, Texts


def exported(
    texts: Texts,
    known: Translations,
    *,
    only_missing: bool,
    start: int,
    count: int | None,
) -> Iterator[str]:
    """The texts of the code as JSON lines, sorted as the file is.

    Args:
        texts: Of the code.
        known: All of them, with their translations.
        only_missing: Leave out what is translated.
        start: How many to pass over; counted before those that are translated are left out, so that slices that were
            handed out stay the same while others come back.
        count: How many of them at most.
    """
    rows = list(texts.items())[start : None if count is None else start + count]
    for key, text in rows:
        words = words_of(known[key])
        if only_missing and all(words):
            continue
        row: dict[str, Any] = {"id": text.id, "text": text.text, "plural": text.plural, "context": text.context}
        row["where"] = text.places
        if all(words):
            row["translations"] = words
        yield json.dumps(row, ensure_ascii=False)


def imported(lines: Iterable[str], texts: Texts, known: Translations) -> tuple[int, list[str]]:
    """Take translations among those that are known; lines with a mistake are left out and named, the others are taken.

    Each line has `id` or `text` (with its `context`), and `translations`, a list with one text, or three where the
    text counts (one, few, many).

    Returns:
        How many were taken, and a sentence for every line that was not.
    """
    by_id = {text.id: text for text in texts.values()}
    taken, wrong = 0, []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        fault = _take(line, texts, by_id, known)
        if fault:
            wrong.append(f"Line {number}: {fault}")
        else:
            taken += 1
    return taken, wrong


def _take(line: str, texts: Texts, by_id: dict[str, SourceText], known: Translations) -> str:
    """Take one line; what is wrong with it, or nothing."""
    try:
        row = json.loads(line)
    except ValueError as error:
        return f"it is not JSON: {error}."
    if not isinstance(row, dict):
        return "it is not a JSON object, {…}."
    text = by_id.get(str(row.get("id"))) if "id" in row else None
    text = text or texts.get((row.get("context") or "", str(row.get("text"))))
    if text is None:
        return f"no text in the code has the id {row.get('id')!r} or says “{row.get('text')}”. Export it again."
    words = row.get("translations", row.get("translation"))
    words = [words] if isinstance(words, str) else words
    if not isinstance(words, list) or not words or not all(isinstance(form, str) and form.strip() for form in words):
        return f"“{text.text}”: translations is not a list of texts, or one of them is empty."
    faults = faults_of(text.text, text.plural, words)
    if faults:
        return f"“{text.text}”: {' '.join(faults)}"
    known[text.key] = translated(text, words)
    return ""
