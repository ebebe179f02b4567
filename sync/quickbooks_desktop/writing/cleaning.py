"""What becomes of a text that an IIF file cannot hold? It is replaced visibly, and every change is told.

The same text always becomes the same: names keep their spelling from file to file.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass

from anyascii import anyascii

from sync.quickbooks_desktop.writing.settings import CodePage

#: Put where a character could not be written.
UNKNOWN = "?"
#: Put before characters that tell a shortened name from others.
SHORTENED = "~"
_MARK = 5
_ELLIPSIS = "..."

#: Nothing in it to clean, which is so of nearly every text.
_PLAIN = re.compile(r"(?![=+@-])(?! )[ !#-:<-\[\]-~]*(?<! )")
_LINE_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_BLANKS = re.compile(r" {2,}")
#: Each breaks the file: a quote ends a value, QuickBooks takes a semicolon for its own error note, \n for a line.
_BREAKING = (('"', "'"), (";", ","), ("\\n", " "))
#: A spreadsheet that opens the file would work these out.
_FORMULA = ("=", "+", "-", "@")
_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d",
        "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "Ł": "L", "ł": "l", "Ħ": "H", "ħ": "h", "ı": "i", "Ŋ": "N",
        "ŋ": "n", "ĸ": "k", "Ŧ": "T", "ŧ": "t", "ſ": "s",
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": "'", "”": "'", "„": "'", "‟": "'", "«": "'", "»": "'",
        "‹": "'", "›": "'", "′": "'", "″": "'", "´": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-",
        "―": "-", "−": "-", "…": "...", "•": "*", "·": "*", "×": "x", "÷": "/", "⁄": "/", "¡": "!", "¿": "?",
        "€": "EUR", "£": "GBP", "¥": "JPY", "¢": "c", "©": "(c)", "®": "(R)", "™": "(TM)", "°": " deg", "¦": "|",
        "§": "par.", "¶": "par.", "±": "+/-", "µ": "u", "№": "No.",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ChangedText:
    """A value that the file holds otherwise than the document does."""

    document_key: str
    #: The column, or what the value is, such as `NAME`.
    field: str
    before: str
    after: str


def clean(text: str, *, code_page: CodePage) -> str:
    """The text as the file can hold it: one line, letters of the code page, nothing that breaks a row.

    Cleaning what was cleaned changes nothing.
    """
    if _PLAIN.fullmatch(text):
        return text
    one_line = _LINE_BREAKS.sub(" ", unicodedata.normalize("NFC", text))
    fitted = "".join(_fitted(mark, code_page) for mark in one_line)
    for breaking, harmless in _BREAKING:
        fitted = fitted.replace(breaking, harmless)
    fitted = fitted.strip()
    return f"'{fitted}" if fitted.startswith(_FORMULA) else fitted


def clean_level(text: str, *, code_page: CodePage) -> str:
    """One level of a new name: cleaned, without a colon, which would begin a level of its own."""
    return _BLANKS.sub(" ", clean(text.replace(":", "-"), code_page=code_page))


def cut(text: str, limit: int) -> str:
    """The text within a limit; where it was too long it ends in three dots."""
    return text if len(text) <= limit else text[: limit - len(_ELLIPSIS)].rstrip() + _ELLIPSIS


def shortened(name: str, limit: int, *, seed: str) -> str:
    """A name within a limit, told from other long names by a mark that its seed decides."""
    return name if len(name) <= limit else marked(name, limit, seed=seed)


def marked(name: str, limit: int, *, seed: str) -> str:
    """A name with a mark behind it that the seed decides, such as `Smith ~K3XQA`; cut to make room."""
    mark = f"{SHORTENED}{_mark(seed)}"
    kept = name[: limit - len(mark) - 1].rstrip()
    return f"{kept} {mark}" if kept else mark


def _mark(seed: str) -> str:
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii")[:_MARK]


def _fitted(mark: str, code_page: CodePage) -> str:
    if " " <= mark <= "~":
        return mark
    category = unicodedata.category(mark)
    if category in {"Cc", "Cf", "Mn", "Me"}:
        return ""
    if category.startswith("Z"):
        return " "
    return mark if _writable(mark, code_page) else _plain(mark)


def _writable(mark: str, code_page: CodePage) -> bool:
    try:
        mark.encode(code_page.codec)
    except UnicodeEncodeError:
        return False
    return True


def _plain(mark: str) -> str:
    if (letters := mark.translate(_LETTERS)) != mark:
        return letters
    parts = unicodedata.normalize("NFKD", mark).translate(_LETTERS)
    kept = "".join(part for part in parts if not unicodedata.combining(part))
    if _is_plain(kept):
        return kept
    # Letters of another script as they sound, so that a person is still told from others by name
    sounds = anyascii(mark) if unicodedata.category(mark).startswith("L") else ""
    return sounds if _is_plain(sounds) else UNKNOWN


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and bool(text.strip())
