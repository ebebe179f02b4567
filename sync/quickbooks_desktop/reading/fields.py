"""Which fields does one line hold? Separated by tabs, a value with a comma in double quotes."""

from __future__ import annotations

import re

from sync.quickbooks_desktop.reading.findings import Finding, found
from sync.quickbooks_desktop.reading.text import TextLine

_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\t|\Z)')
_PLAIN = re.compile(r"[^\t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]")


def split_fields(line: TextLine) -> tuple[list[str], list[Finding]]:
    """The fields of a line without their quotes, and what is wrong with the line."""
    if '"' not in line.text:
        return line.text.split("\t"), _control(line)
    fields, findings, place = [], _control(line), 0
    while place <= len(line.text):
        value, place, fault = _field(line.text, place)
        fields.append(value)
        if fault:
            findings.append(found(fault, line.number))
        place += 1
    return fields, findings


def _field(text: str, place: int) -> tuple[str, int, str]:
    if quoted := _QUOTED.match(text, place):
        value = quoted[1].replace('""', '"')
        return value, quoted.end(), "tab-in-quotes" if "\t" in value else "quote" if '"' in value else ""
    plain = _PLAIN.match(text, place)
    value = plain[0] if plain else ""
    return value, place + len(value), "quote" if '"' in value else ""


def _control(line: TextLine) -> list[Finding]:
    mark = _CONTROL.search(line.text)
    return [found("control-character", line.number, mark=f"U+{ord(mark[0]):04X}")] if mark else []
