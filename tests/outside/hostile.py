"""Files that were made to exhaust whoever reads them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

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

#: By what they do.
WORKBOOKS: dict[str, bytes] = {
    "a cell in the last row": workbook_of(_TOP + row_of(1_048_576, "x")),
    "a cell in the last column": workbook_of(_TOP + '<row r="2"><c r="XFD2"><v>1</v></c></row>'),
    "a million empty rows": workbook_of(_TOP + "<row/>" * 1_000_000),
    "millions of empty cells": workbook_of(_TOP + "<row>" + "<c/>" * 1_600_000 + "</row>"),
    "millions of styles": workbook_of(_TOP, styles="<a><cellXfs>" + "<xf/>" * 1_600_000 + "</cellXfs></a>"),
    "many shared texts": workbook_of(_TOP, shared="<sst>" + "<si><t>x</t></si>" * 400_000 + "</sst>"),
    "a text of 70 MB": workbook_of(row_of(1, "x" * 70_000_000)),
    "entities that multiply": workbook_of(BOMB),
    "broken XML": workbook_of('<?xml version="1.0"?><worksheet><sheetData><row><c></row></sheetData></worksheet>'),
    "XML that ends in its middle": workbook_of('<?xml version="1.0"?><worksheet><sheetData><row>'),
    "deep XML": workbook_of(_TOP + "<a>" * 200_000 + "</a>" * 200_000),
    "cells out of order": workbook_of(_TOP + '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>'),
    "numbers without end": workbook_of(_TOP + f'<row r="{"9" * 5000}"><c><v>1</v></c></row>'),
}
#: No workbooks at all, with what they are.
NO_WORKBOOKS: dict[str, bytes] = {
    "a Word document": archive({"[Content_Types].xml": _TYPES, "word/document.xml": "<w/>"}),
    "an OpenDocument file": archive({"mimetype": "x", "content.xml": "<o/>"}),
    "an archive of other files": archive({"orders.csv": "a,b\n"}),
}

#: Those that cost no time to refuse.
QUICK = [name for name in WORKBOOKS if "million" not in name and "many" not in name]
