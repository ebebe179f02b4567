"""How do some posted sales become a hundred thousand? Copied on both sides, each copy with ids of its own.

`python -m bench.copied_sales` is a rehearsal company that prints how to connect to it, then copies what was posted to
it as often as each line of its input says.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import simplejson

from simulators.quickbooks.company import Company as QuickBooksCompany
from simulators.quickbooks.fields import Record
from simulators.quickbooks.server import start

if TYPE_CHECKING:
    from companies.models import Company

#: Between the ids of a record and those of its copies.
_APART = 10_000_000
_COPIED = ("Invoice", "Payment")
#: How the key of an invoice ends, by which its payment finds it.
_INVOICE = ":invoice"


def copied_there(company: QuickBooksCompany, times: int) -> None:
    """Copy every invoice and payment that Tieout posted; each copied payment settles the copied invoice."""
    for entity in _COPIED:
        table = company.store.tables[entity]
        posted = [record for record in table.records.values() if "Tieout " in record.get("PrivateNote", "")]
        for count in range(1, times + 1):
            for record in posted:
                copy = _copied(record, count * _APART)
                table.replace(copy["Id"], copy)


def _copied(record: Record, apart: int) -> Record:
    lines = [
        {**line, "LinkedTxn": [{**link, "TxnId": str(int(link["TxnId"]) + apart)} for link in line["LinkedTxn"]]}
        if line.get("LinkedTxn")
        else line
        for line in record["Line"]
    ]
    return {**record, "Id": str(int(record["Id"]) + apart), "Line": lines}


def copied_here(company: Company, times: int) -> None:
    """Copy the documents and bodies of them in SQLite, each time in two statements."""
    from django.db import connection

    from sync.models import Document, DocumentBody

    own = {
        "id": "id + %(apart)s",
        "key": "key || '~' || %(count)s",
        "quickbooks_id": "CAST(CAST(quickbooks_id AS integer) + %(apart)s AS text)",
    }
    columns = [field.attname for field in Document._meta.concrete_fields]
    values = ", ".join(own.get(column, column) for column in columns)
    posted = "company_id = %(company)s AND state = 'posted' AND form IN ('invoice', 'payment') AND id < %(least)s"
    documents = f"INSERT INTO {Document._meta.db_table} ({', '.join(columns)}) SELECT {values} "
    documents += f"FROM {Document._meta.db_table} WHERE {posted}"
    bodies = f"INSERT INTO {DocumentBody._meta.db_table} (document_id, body) SELECT document_id + %(apart)s, "
    bodies += f"replace(body, %(invoice)s, %(copied)s) FROM {DocumentBody._meta.db_table} WHERE document_id IN "
    bodies += f"(SELECT id FROM {Document._meta.db_table} WHERE {posted})"
    for count in range(1, times + 1):
        given: dict[str, int | str] = {"apart": count * _APART, "count": count, "company": company.pk, "least": _APART}
        given |= {"invoice": f'{_INVOICE}"', "copied": f'{_INVOICE}~{count}"'}
        with connection.cursor() as cursor:
            cursor.execute(documents, given)
            cursor.execute(bodies, given)


def main() -> None:
    """Be the rehearsal company until the input ends."""
    with start() as running:
        print(simplejson.dumps(running.ready()), flush=True)
        for line in sys.stdin:
            copied_there(running.company, int(line))
            print("copied", flush=True)


if __name__ == "__main__":
    main()
