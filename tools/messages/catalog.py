"""The file of a language, locale/…/django.po: read, brought up to the texts of the code, and written so that it merges.

One text a line, sorted, without places and without dates: two branches that add different texts change different lines.
"""

from __future__ import annotations

from io import BytesIO

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tools.messages.texts import ROOT, SourceText, Texts

LANGUAGE = "ro"
PO_FILE = ROOT / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
#: One, few (0, 2 to 19, 101 to 119 …), and the rest, before which a Romanian says “de”.
PLURAL_FORMS = "nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2);"
FORMS = 3
_HEADER = f"""# Tieout in Romanian. `make messages` writes it; how to translate: docs/howto/translate.md
msgid ""
msgstr ""
"Project-Id-Version: Tieout\\n"
"Language: {LANGUAGE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {PLURAL_FORMS}\\n"

"""

Translations = dict[tuple[str, str], Message]


def read_translations() -> Translations:
    """Every text of the file with its translation, by context and text; nothing where there is no file yet."""
    if not PO_FILE.exists():
        return {}
    with PO_FILE.open("rb") as file:
        catalog = read_po(file, locale=LANGUAGE, abort_invalid=True)
    return {(message.context or "", singular_of(message)): message for message in catalog if message.id}


def singular_of(message: Message) -> str:
    """The text in English, of several forms the one for one."""
    return message.id if isinstance(message.id, str) else message.id[0]


def words_of(message: Message | None) -> list[str]:
    """The translation: one text, or one for each form; empty ones where there is none."""
    if message is None:
        return []
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def merged(texts: Texts, known: Translations) -> Translations:
    """The texts of the code with the translations that are known; a text that got a plural begins anew."""
    found: Translations = {}
    for key, text in texts.items():
        message = known.get(key)
        if message is None or (plural_of(message) != text.plural):
            found[key] = _message(text, [""] * (FORMS if text.plural else 1))
        else:
            found[key] = message
    return found


def translated(text: SourceText, words: list[str]) -> Message:
    """A text with its translation."""
    return _message(text, words)


def plural_of(message: Message) -> str:
    """The text in English for many; empty for a text that counts nothing."""
    return "" if isinstance(message.id, str) else message.id[1]


def _message(text: SourceText, words: list[str]) -> Message:
    if text.plural:
        return Message((text.text, text.plural), tuple(words), context=text.context or None)
    return Message(text.text, words[0], context=text.context or None)


def as_file(translations: Translations) -> bytes:
    """The bytes of the file: sorted by text, so the same translations are the same bytes."""
    catalog = Catalog(locale=LANGUAGE)
    for (context, _), message in sorted(translations.items(), key=lambda item: (item[0][1], item[0][0])):
        catalog.add(message.id, message.string, flags=message.flags, context=context or None)
    body = BytesIO()
    write_po(body, catalog, width=0, no_location=True, omit_header=True)
    return _HEADER.encode() + body.getvalue()


def write_translations(translations: Translations) -> None:
    """Write the file."""
    PO_FILE.parent.mkdir(parents=True, exist_ok=True)
    PO_FILE.write_bytes(as_file(translations))
