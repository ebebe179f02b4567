"""What does a person accept before a company may be switched on?

A change of the text needs a new version: everybody is asked again, and nothing is posted for a company until
a person there has accepted it. The text is shown with the name of the company, and kept by its fingerprint.
"""

from __future__ import annotations

from hashlib import sha256

from books.translation import gettext_noop

#: Year and month of the text, and a letter for a second one in a month.
VERSION = "2026-11b"

PARAGRAPHS = (
    gettext_noop(
        "Tieout reads orders from your CRM and writes customers, items, invoices, sales receipts, payments, credits "
        "and refunds into your QuickBooks company, or into files that you import there. What is written changes your "
        "books, your receivables and your tax reports."
    ),
    gettext_noop(
        "Which account and item each line posts to is decided by the people of your company. Tieout checks names and "
        "account types and proves that debits and credits agree. Whether an account is the right one for your "
        "business or your tax law, it does not check and cannot know."
    ),
    gettext_noop(
        "Neither Tieout nor the people who run it give accounting, tax or legal advice. Have someone who knows your "
        "books decide the mapping, test it on a copy, and compare the result before going live."
    ),
    gettext_noop("Data goes one way, from the CRM to QuickBooks. A change in QuickBooks changes nothing in the CRM."),
    gettext_noop(
        "What was posted is not taken back by switching Tieout off. A record that is wrong is corrected or voided, by "
        "you or by Tieout, and both stay visible in the books."
    ),
    gettext_noop(
        "You keep backups of your QuickBooks company. Before each file that you import into QuickBooks Desktop you "
        "make a new one: an import there cannot be undone."
    ),
    gettext_noop(
        "The software comes as it is, without any warranty. As far as the law allows, no one who made it or runs it "
        "for you is liable for a loss that comes of its use."
    ),
)


def fingerprint() -> str:
    """Of the text in English, whatever language it was read in; SHA-256, hexadecimal."""
    return sha256("\n\n".join((VERSION, *PARAGRAPHS)).encode()).hexdigest()
