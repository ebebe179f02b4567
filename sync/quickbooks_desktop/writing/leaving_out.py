"""Why is a document not in the file? Nothing is left out without a sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from books.messages import Message
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A document without a block, and why."""

    document_key: str
    code: str
    message: Message
    #: True where a person has to do something first; False where a file has no place for such a record at all.
    is_fault: bool = True


class CannotBeWrittenError(Exception):
    """The file cannot hold a document as it is."""

    def __init__(self, code: str, sentence: str, *, is_fault: bool = True, **facts: object) -> None:
        self.message = Message(sentence=sentence, facts=tuple(facts.items()))
        self.code, self.is_fault = code, is_fault
        super().__init__(self.message.worded())

    def about(self, document_key: str) -> LeftOut:
        """The same, as a value about one document."""
        return LeftOut(document_key=document_key, code=self.code, message=self.message, is_fault=self.is_fault)


def moves_nothing() -> CannotBeWrittenError:
    """The document moves no account."""
    sentence = gettext_noop("It moves no account, so there is nothing to import.")
    return CannotBeWrittenError("moves-nothing", sentence, is_fault=False)


def applied_by_hand(credit: str) -> CannotBeWrittenError:
    """The file cannot tie a credit to its invoice."""
    sentence = gettext_noop(
        "An IIF file cannot apply %(credit)s to its invoice. Apply it in QuickBooks: Customers > Receive Payments."
    )
    return CannotBeWrittenError("applied-by-hand", sentence, is_fault=False, credit=credit)


def follows_absent(needed: str) -> CannotBeWrittenError:
    """What it needs cannot be written, so QuickBooks would have it without that."""
    sentence = gettext_noop("It follows %(needed)s, which cannot be written. Put that right first.")
    return CannotBeWrittenError("follows-absent", sentence, needed=needed)


def broke(error: str) -> CannotBeWrittenError:
    """The program itself failed over it."""
    sentence = gettext_noop("Tieout itself failed over it (%(error)s). It is an issue, and the others go without it.")
    return CannotBeWrittenError("could-not-process", sentence, error=error)


def stays_in_lists(name: str) -> CannotBeWrittenError:
    """A reversal leaves list entries alone."""
    sentence = gettext_noop("“%(name)s” stays in QuickBooks' lists; make it inactive there if nothing else uses it.")
    return CannotBeWrittenError("stays-in-lists", sentence, is_fault=False, name=name)


def unwritable_name(field: str, name: str, would_be: str) -> CannotBeWrittenError:
    """QuickBooks has a name that the file cannot hold; written otherwise, QuickBooks would make a second one."""
    sentence = gettext_noop(
        "QuickBooks has the name “%(name)s” (%(field)s), which this file could only write as “%(would_be)s”, and"
        " QuickBooks would take that for another one. Choose Windows-1252 in the file settings if its letters allow"
        " it, or rename it in QuickBooks and import the lists again."
    )
    return CannotBeWrittenError("unwritable-name", sentence, field=field, name=name, would_be=would_be)


def too_long_name(field: str, name: str, limit: int) -> CannotBeWrittenError:
    """A name is longer than QuickBooks Desktop has any."""
    sentence = gettext_noop(
        "“%(name)s” (%(field)s) is longer than the %(limit)d characters of QuickBooks Desktop. Import its lists and"
        " choose a name from them."
    )
    return CannotBeWrittenError("too-long-name", sentence, field=field, name=name, limit=limit)


def other_currency(currency: str, home: str) -> CannotBeWrittenError:
    """A file cannot say its currency."""
    sentence = gettext_noop(
        "It is in %(currency)s, and an IIF file is always in the home currency, %(home)s. Enter it in QuickBooks by"
        " hand."
    )
    return CannotBeWrittenError("other-currency", sentence, currency=currency, home=home)


def fraction(amount: Decimal, account: str) -> CannotBeWrittenError:
    """An amount has more than two digits behind the point."""
    sentence = gettext_noop("%(amount)s on %(account)s is not a whole number of cents, which a file cannot hold.")
    return CannotBeWrittenError("fraction", sentence, amount=amount, account=account)


def wrong_top_account(title: str, account: str, account_type: str, accepts: str) -> CannotBeWrittenError:
    """QuickBooks keeps such a form on other accounts only."""
    sentence = gettext_noop(
        "QuickBooks Desktop keeps a %(title)s on an account of type %(accepts)s; %(account)s is of type"
        " %(account_type)s. Choose another posting account."
    )
    return CannotBeWrittenError(
        "wrong-top-account", sentence, title=title, account=account, account_type=account_type, accepts=accepts
    )


def several_receivables(accounts: str) -> CannotBeWrittenError:
    """QuickBooks refuses a transaction that moves two receivable or payable accounts."""
    sentence = gettext_noop(
        "It moves %(accounts)s, and QuickBooks takes one receivable or payable account in a transaction. Choose"
        " another account for one of them."
    )
    return CannotBeWrittenError("several-receivables", sentence, accounts=accounts)
