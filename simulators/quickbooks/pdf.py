"""How does a form look on paper? One page of plain text in a PDF that any reader opens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .fields import Record

if TYPE_CHECKING:
    from .books import Books

MOST_LINES = 48


def pdf_of(shown: Record, label: str, books: Books) -> bytes:
    """A PDF of a form as the API shows it."""
    lines = list(_lines(shown, label, books))[:MOST_LINES]
    drawn = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    content = f"BT /F1 11 Tf 15 TL 56 780 Td\n{drawn}ET\n".encode("cp1252", "replace")
    return _assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%sendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
    )


def _lines(shown: Record, label: str, books: Books) -> Iterator[str]:
    yield str(books.named("CompanyInfo", "1")["CompanyName"])
    yield ""
    yield f"{label} {shown.get('DocNumber', shown['Id'])}"
    yield f"Date: {shown['TxnDate']}"
    if "CustomerRef" in shown:
        yield f"Customer: {shown['CustomerRef'].get('name', '')}"
    yield ""
    for line in shown.get("Line", []):
        if line.get("DetailType") in (
            "SalesItemLineDetail",
            "GroupLineDetail",
            "DiscountLineDetail",
            "DescriptionOnly",
        ):
            yield f"{line.get('Description', line['DetailType'])[:60]}   {line.get('Amount', '')}"
    yield ""
    yield f"Total: {shown['TotalAmt']} {shown['CurrencyRef']['value']}"
    if "Balance" in shown:
        yield f"Balance due: {shown['Balance']}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(objects: list[bytes]) -> bytes:
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        made += b"%010d 00000 n \n" % place
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(made)
