"""Which faults can a file have? Each with what is wrong and what to do, in one or two sentences."""

from __future__ import annotations

from books.translation import gettext_noop

#: QuickBooks would refuse the file, or would store something else than it means.
ERRORS: dict[str, str] = {
    # The file as a whole
    "empty": gettext_noop("The file is empty. Export it again."),
    "not-text": gettext_noop("This is not a text file; it looks like %(kind)s. Choose the file that ends in .iif."),
    "utf-16": gettext_noop(
        "The file is stored as UTF-16 (“Unicode”), which QuickBooks does not read. Save it as ANSI text."
    ),
    "utf-8-bom": gettext_noop(
        "The file begins with the mark of UTF-8, which hides its first header from QuickBooks. Save it as ANSI text."
    ),
    "utf-8": gettext_noop(
        "Letters are stored as UTF-8, and QuickBooks would show wrong ones, here first: “%(text)s”. Save the file as"
        " ANSI text (Windows-1252)."
    ),
    "other-code-page": gettext_noop(
        "The byte %(byte)s stands for no letter in Windows-1252, so the file comes from a computer with another code"
        " page. Save it as Windows-1252."
    ),
    "too-many-lines": gettext_noop(
        "The file has %(lines)d lines, more than the %(most)d that are read at once. Divide it into several files."
    ),
    "long-line": gettext_noop("A line has more than %(most)d characters, so this is not a QuickBooks file."),
    "too-many-columns": gettext_noop("The header !%(keyword)s has %(columns)d columns, more than any of QuickBooks."),
    "broken-quotes": gettext_noop(
        "A double quote that begins here does not end, so the rows after it cannot be separated. Export the report"
        " again."
    ),
    "shortened-number": gettext_noop(
        "“%(value)s” in %(column)s was shortened by a spreadsheet, and the whole number is lost. Use the file as"
        " QuickBooks exported it, without saving it in a spreadsheet."
    ),
    "spreadsheet-error": gettext_noop(
        "A spreadsheet has put %(value)s into %(column)s; the value is lost. Use the file as QuickBooks exported it."
    ),
    "another-kind": gettext_noop("This is not an IIF file; it looks like %(kind)s. Choose the file that ends in .iif."),
    "comma-file": gettext_noop("Fields are separated by commas. An IIF file needs tabs between them."),
    "no-records": gettext_noop("There is no header and no record in the file, so this is not an IIF file."),
    "transactions-not-lists": gettext_noop(
        "The file holds transactions, and the lists of QuickBooks are needed here. In QuickBooks Desktop choose File >"
        " Utilities > Export > Lists to IIF Files."
    ),
    "no-lists": gettext_noop(
        "The file holds no accounts, items, customers or terms. In QuickBooks Desktop choose File > Utilities > Export"
        " > Lists to IIF Files and tick these lists."
    ),
    # Rows
    "control-character": gettext_noop("The row holds a character that cannot be printed (%(mark)s). Remove it."),
    "quote": gettext_noop(
        "A double quote is not where a value begins or ends. QuickBooks would join or split fields here; replace it"
        " by an apostrophe."
    ),
    "tab-in-quotes": gettext_noop("A tab is inside a quoted value and would shift every later field. Remove it."),
    "semicolon": gettext_noop(
        "The value of %(column)s holds a semicolon, with which QuickBooks marks its own notes. Replace it by a comma."
    ),
    "unknown-keyword": gettext_noop("“%(keyword)s” is not a kind of row that QuickBooks knows. Check its spelling."),
    "no-header": gettext_noop("There is no header !%(keyword)s above this row, so no one knows its columns."),
    "blank-column": gettext_noop("Column %(position)d of this header has no name, but columns after it do."),
    "unknown-column": gettext_noop("!%(keyword)s has no column “%(column)s”. Check its spelling."),
    "repeated-column": gettext_noop("The column %(column)s appears twice in this header."),
    "missing-column": gettext_noop("The header !%(keyword)s lacks the column %(column)s."),
    "short-row": gettext_noop(
        "The row has %(fields)d fields and its header in line %(header)d has %(columns)d columns, so values may"
        " stand under the wrong names."
    ),
    "long-row": gettext_noop(
        "The row has %(fields)d fields and its header in line %(header)d only %(columns)d columns: “%(text)s” is"
        " under no name."
    ),
    "cut-off": gettext_noop("The file ends in the middle of a record. It was cut off; export it again."),
    # Values
    "blank-value": gettext_noop("%(column)s is blank, and QuickBooks needs it."),
    "not-an-amount": gettext_noop(
        "“%(value)s” in %(column)s is not an amount. Write digits, a period and two digits, such as -1234.50."
    ),
    "part-of-a-cent": gettext_noop("%(value)s in %(column)s is not a whole number of cents."),
    "not-a-date": gettext_noop("“%(value)s” in %(column)s is not a date written as %(pattern)s."),
    "not-yes-no": gettext_noop(
        "“%(value)s” is in %(column)s, which holds Y or N only. Often the fields of the row are shifted."
    ),
    "too-long": gettext_noop("%(column)s has %(length)d characters, and QuickBooks keeps %(limit)d: “%(value)s”."),
    "too-deep": gettext_noop("“%(value)s” in %(column)s has %(depth)d levels, and QuickBooks keeps five."),
    "empty-level": gettext_noop("“%(value)s” in %(column)s has an empty level or a space beside a colon."),
    "unknown-account-type": gettext_noop(
        "“%(value)s” is not a type of account that QuickBooks writes. Often the fields of the row are shifted."
    ),
    "repeated-name": gettext_noop(
        "The name “%(name)s” appears twice in this list, first in line %(first)d. QuickBooks has a name only once."
    ),
    "no-parent": gettext_noop("“%(name)s” is below “%(parent)s”, which is not in the list. Export the whole list."),
    "not-a-number": gettext_noop("“%(value)s” in %(column)s is not a number. Often the fields of the row are shifted."),
    # Blocks
    "header-order": gettext_noop(
        "!TRNS, !SPL and !ENDTRNS must be in this order, one under the other, above the transactions."
    ),
    "outside-a-block": gettext_noop("%(keyword)s is outside a transaction: there is no TRNS row above it."),
    "block-not-ended": gettext_noop("The transaction that begins in line %(first)d has no ENDTRNS."),
    "no-splits": gettext_noop("The transaction has no SPL row, so nothing balances its amount."),
    "inside-a-block": gettext_noop("A row of the list %(keyword)s is inside a transaction."),
    "unknown-type": gettext_noop("“%(value)s” is not a kind of transaction that an IIF file can bring in."),
    "type-differs": gettext_noop("TRNSTYPE is “%(value)s” here and “%(first)s” in the TRNS row; both must be equal."),
    "date-differs": gettext_noop("DATE is “%(value)s” here and “%(first)s” in the TRNS row; both must be equal."),
    "not-balanced": gettext_noop(
        "The amounts of the transaction come to %(sum)s instead of 0.00, so QuickBooks will not take it."
    ),
    "tax-row-not-last": gettext_noop("The sales tax row (AUTOSTAX) must be the last row before ENDTRNS."),
    "tax-row-without-agency": gettext_noop("The sales tax row (AUTOSTAX) must name the tax agency in NAME."),
    "several-receivables": gettext_noop(
        "The transaction moves %(accounts)s; QuickBooks takes one receivable or payable account in a transaction."
    ),
    "receivable-without-name": gettext_noop("The row on %(account)s must name the customer in NAME."),
    "wrong-top-account": gettext_noop(
        "The first row of this kind needs an account of type %(accepts)s, and %(account)s is of type %(type)s."
    ),
    "unknown-account": gettext_noop(
        "QuickBooks has no account “%(name)s” and would create one, often of a wrong type. Correct the name, or"
        " import the lists again."
    ),
    "quickbooks-says": gettext_noop("QuickBooks did not take this record: %(message)s"),
    # Transaction reports
    "no-table": gettext_noop(
        "No row with the headings of a transaction report was found. In QuickBooks choose Reports > Custom Reports >"
        " Transaction Detail, then Excel > Create CSV."
    ),
    "missing-headings": gettext_noop(
        "The report has no column %(columns)s. In QuickBooks choose Customize Report, tick the missing columns under"
        " Display, and export it again. Found were: %(found)s."
    ),
    "two-amounts": gettext_noop("The row has a debit and a credit. Export a report with one amount in each row."),
    "no-transactions": gettext_noop("The report holds no transaction. Check its dates, and export it again."),
    "not-an-errors-file": gettext_noop(
        "There is no [ERROR] note of QuickBooks in this file. Choose the file that QuickBooks made beside the one"
        " that was imported; its name ends in digits."
    ),
}

#: The file can be imported; a person should know.
WARNINGS: dict[str, str] = {
    "more-findings": gettext_noop("There are %(number)d more findings of the same kinds; of each kind 1,000 are kept."),
    "windows-1252": gettext_noop("The file holds letters of Windows-1252, such as “%(text)s”."),
    "line-ends": gettext_noop("Rows end in %(kind)s; QuickBooks itself writes CR LF."),
    "mixed-line-ends": gettext_noop("Rows end in different ways (%(kinds)s), so parts come from different programs."),
    "no-last-line-end": gettext_noop("The last row has no line end; the file may have been cut off."),
    "padded-row": gettext_noop(
        "The row has %(fields)d fields and its header in line %(header)d has %(columns)d columns; those beyond are"
        " empty."
    ),
    "unfilled-row": gettext_noop(
        "The row has %(fields)d fields and its header in line %(header)d has %(columns)d columns; the last ones are"
        " taken as empty."
    ),
    "spaces-around": gettext_noop("There are spaces before or after the value of %(column)s: “%(value)s”."),
    "formula": gettext_noop(
        "The value of %(column)s begins with “%(mark)s”, so a spreadsheet would work it out as a formula. Put an"
        " apostrophe before it."
    ),
    "thousands": gettext_noop("%(value)s in %(column)s has thousands separators. Write it without."),
    "optional-column": gettext_noop("The header !%(keyword)s lacks the column %(column)s, which the manual asks for."),
    "note": gettext_noop("A note of QuickBooks: %(message)s"),
    "moves-nothing": gettext_noop("The transaction comes to 0.00; QuickBooks may leave it out."),
    "repeated-number": gettext_noop(
        "The number %(number)s appears on two transactions of the kind %(type)s, first in line %(first)d."
    ),
    "does-not-multiply": gettext_noop("%(quantity)s times %(price)s is not the row's amount of %(amount)s."),
    "quantity-sign": gettext_noop("QNTY is %(quantity)s; QuickBooks writes it %(sign)s on such a form."),
    "tax-row-missing": gettext_noop(
        "Other forms in this file have a sales tax row (AUTOSTAX), this one has none. With sales tax switched on,"
        " QuickBooks rejects it."
    ),
    "not-in-list": gettext_noop(
        "%(column)s names “%(name)s”, which is not among the rows of %(list)s in this file. QuickBooks must have it."
    ),
    "unknown-list": gettext_noop("The list %(keyword)s is not needed here and is passed over."),
    "unknown-item-type": gettext_noop("“%(value)s” is not a type of item that is known here; it is kept as it is."),
    "not-in-a-list": gettext_noop("“%(name)s” in %(column)s is not in the list %(list)s of this file."),
    "row-without-type": gettext_noop("The row has an amount but no type of transaction; it is left out as a total."),
}
