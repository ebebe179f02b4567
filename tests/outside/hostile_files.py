"""Files that were made to exhaust their reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

HEADER = ("Order Number", "Order Date", "Line Item Name", "Quantity", "Price")


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def workbook_of(sheet: str, *, styles: str = "", shared: str = "", before: str = "", state: str = "visible") -> bytes:
    """A workbook whose only sheet holds this XML.

    Args:
        sheet: What is in `sheetData`, or the whole part where it begins with `<?xml`.
        styles: The part of the styles.
        shared: The part of the shared texts.
        before: What is before `sheetData`.
        state: Of the sheet.
    """
    kinds = [("worksheet", "worksheets/sheet1.xml")]
    kinds += [("styles", "styles.xml")] if styles else []
    kinds += [("sharedStrings", "sharedStrings.xml")] if shared else []
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS}/{kind}" Target="{part}"/>' for n, (kind, part) in enumerate(kinds)
    )
    inside = f"{before}<sheetData>{sheet}</sheetData>"
    whole = sheet if sheet.startswith("<?xml") else f'<worksheet xmlns="{_MAIN}">{inside}</worksheet>'
    return archive(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="m" Type="{_RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="Orders" sheetId="1" state="{state}" r:id="r0"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
            "xl/worksheets/sheet1.xml": whole,
            **({"xl/styles.xml": styles} if styles else {}),
            **({"xl/sharedStrings.xml": shared} if shared else {}),
        }
    )


def row_of(number: int, *cells: str, attributes: str = "") -> str:
    """A row of cells, each a text or, where it begins with `<c`, XML of its own."""
    return f'<row r="{number}" {attributes}>' + "".join(map(_cell, cells)) + "</row>"


def _cell(text: str) -> str:
    return text if text.startswith("<c") else f'<c t="inlineStr"><is><t>{text}</t></is></c>'


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    "<worksheet><sheetData><row><c><v>&c;</v></c></row></sheetData></worksheet>"
)
_TOP = row_of(1, *HEADER)


def _many(times: int, sheet: Callable[[int], bytes]) -> Callable[[int], bytes]:
    return lambda share: sheet(times // share)


def _same(content: Callable[[], bytes]) -> Callable[[int], bytes]:
    return lambda share: content()


#: By what they do. Each is made for limits that are a share of the real ones: 1 for the real ones themselves.
WORKBOOKS: dict[str, Callable[[int], bytes]] = {
    "a cell in the last row": _same(lambda: workbook_of(_TOP + row_of(1_048_576, "x"))),
    "a cell in the last column": _same(lambda: workbook_of(_TOP + '<row r="2"><c r="XFD2"><v>1</v></c></row>')),
    "a million empty rows": _many(1_000_000, lambda many: workbook_of(_TOP + "<row/>" * many)),
    "millions of empty cells": _many(1_600_000, lambda many: workbook_of(_TOP + "<row>" + "<c/>" * many + "</row>")),
    "millions of styles": _many(
        1_600_000, lambda many: workbook_of(_TOP, styles="<a><cellXfs>" + "<xf/>" * many + "</cellXfs></a>")
    ),
    "many shared texts": _many(
        800_000, lambda many: workbook_of(_TOP, shared="<sst>" + "<si><t>x</t></si>" * many + "</sst>")
    ),
    "a text of 70 MB": _many(70_000_000, lambda many: workbook_of(row_of(1, "x" * many))),
    "entities that multiply": _same(lambda: workbook_of(BOMB)),
    "broken XML": _same(
        lambda: workbook_of('<?xml version="1.0"?><worksheet><sheetData><row><c></row></sheetData></worksheet>')
    ),
    "XML that ends in its middle": _same(lambda: workbook_of('<?xml version="1.0"?><worksheet><sheetData><row>')),
    "deep XML": _many(2_000_000, lambda many: workbook_of(_TOP + "<a>" * many + "</a>" * many)),
    "cells out of order": _same(
        lambda: workbook_of(_TOP + '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>')
    ),
    "numbers without end": _same(lambda: workbook_of(_TOP + f'<row r="{"9" * 5000}"><c><v>1</v></c></row>')),
}
#: Those that only a limit stops.
ENDLESS = [name for name in WORKBOOKS if "million" in name or "many" in name or "last" in name or "70 MB" in name]
#: No workbooks at all, with what they are.
NO_WORKBOOKS: dict[str, bytes] = {
    "a Word document": archive({"[Content_Types].xml": _TYPES, "word/document.xml": "<w/>"}),
    "an OpenDocument file": archive({"mimetype": "x", "content.xml": "<o/>"}),
    "an archive of other files": archive({"orders.csv": "a,b\n"}),
}

#: Those that cost no time to refuse.
QUICK = [name for name in WORKBOOKS if "million" not in name and "many" not in name and name != "deep XML"]
