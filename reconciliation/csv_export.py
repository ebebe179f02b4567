"""How does a list leave as a file that a spreadsheet can open without running anything?"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from books.cells import guarded, guarded_cell

# Without it Excel reads UTF-8 as something else
_MARK = "\ufeff"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file, one at a time. Text is guarded; amounts and dates go as they are."""
    writer = csv.writer(_Echo())
    yield _MARK + writer.writerow([guarded(str(cell)) for cell in header])
    for row in rows:
        yield writer.writerow([guarded_cell(cell) for cell in row])


def csv_response(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A download that is written while it is sent, so that its length costs no memory.

    Args:
        name: File name without its ending; letters, digits and hyphens.
        header: Column names.
        rows: Text, numbers, dates, in the order of the header.
    """
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
