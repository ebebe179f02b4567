"""Why can a record not be posted, and what does a person do about it?

The closed list of reasons. A problem is a value: a code, the facts, and three sentences for the person who has to
fix it. `cause` is what one fix clears: every record with the same cause is one issue.
"""

from __future__ import annotations

from books.json_types import Json
from books.problems.base import Problem
from books.problems.closed import ChangeInClosedPeriod, InClosedPeriod
from books.problems.customers import (
    CustomerFieldTooLong,
    CustomerInactive,
    CustomerNameTaken,
    CustomerNotFound,
    CustomersShareEmail,
    CustomerWithoutEmail,
    LinkedCustomerGone,
    NameOfAnotherList,
    NewCustomersShareName,
    NoCustomer,
    SeveralCustomersFit,
    StandardCustomerGone,
)
from books.problems.decisions import (
    ChoiceNotInQuickBooks,
    LineTypeWithoutMapping,
    NameBreaksRule,
    PaymentMethodNotDecided,
    PostingAccountNotSet,
    ProductWithoutMapping,
    StatusNotDecided,
    TaxCodeNotSet,
)
from books.problems.lists import (
    AccountNotInQuickBooks,
    AccountOfWrongType,
    ItemAccountDiffers,
    ItemIsAmbiguous,
    ItemNotInQuickBooks,
    ItemWithoutIncomeAccount,
)
from books.problems.orders import (
    DatedFarAhead,
    ForeignCurrency,
    MoneyNotShown,
    MovesTwoReceivables,
    NeedsIgnoredRecord,
    NegativeTotal,
    NumberUnusable,
    NumberUsedTwice,
    TaxDiffers,
    TotalsDiffer,
)
from books.problems.posted import (
    ASKED_ABOUT_A_FINDING,
    ChangedAfterPosting,
    ChangedInQuickBooks,
    CouldNotProcess,
    DeletedInQuickBooks,
    MovesNothing,
    NoClearAnswer,
    PerhapsEntered,
    PerhapsPosted,
    PerhapsTheirCustomer,
    RefusedByQuickBooks,
    StoredDifferently,
)
from books.problems.proofs import TrialBalanceDiffers
from books.problems.sources import CustomerSyncOff, ItemSyncOff
from books.problems.unmatched import Unmatched

__all__ = [
    "ASKED_ABOUT_A_FINDING",
    "PROBLEMS",
    "AccountNotInQuickBooks",
    "AccountOfWrongType",
    "ChangeInClosedPeriod",
    "ChangedAfterPosting",
    "ChangedInQuickBooks",
    "ChoiceNotInQuickBooks",
    "CouldNotProcess",
    "CustomerFieldTooLong",
    "CustomerInactive",
    "CustomerNameTaken",
    "CustomerNotFound",
    "CustomerSyncOff",
    "CustomerWithoutEmail",
    "CustomersShareEmail",
    "DatedFarAhead",
    "DeletedInQuickBooks",
    "ForeignCurrency",
    "InClosedPeriod",
    "ItemAccountDiffers",
    "ItemIsAmbiguous",
    "ItemNotInQuickBooks",
    "ItemSyncOff",
    "ItemWithoutIncomeAccount",
    "LineTypeWithoutMapping",
    "LinkedCustomerGone",
    "MoneyNotShown",
    "MovesNothing",
    "MovesTwoReceivables",
    "NameBreaksRule",
    "NameOfAnotherList",
    "NeedsIgnoredRecord",
    "NegativeTotal",
    "NewCustomersShareName",
    "NoClearAnswer",
    "NoCustomer",
    "NumberUnusable",
    "NumberUsedTwice",
    "PaymentMethodNotDecided",
    "PerhapsEntered",
    "PerhapsPosted",
    "PerhapsTheirCustomer",
    "PostingAccountNotSet",
    "Problem",
    "ProductWithoutMapping",
    "RefusedByQuickBooks",
    "SeveralCustomersFit",
    "StandardCustomerGone",
    "StatusNotDecided",
    "StoredDifferently",
    "TaxCodeNotSet",
    "TaxDiffers",
    "TotalsDiffer",
    "TrialBalanceDiffers",
    "Unmatched",
    "read_problem",
]

#: Every reason there is, by its code.
PROBLEMS: dict[str, type[Problem]] = {subclass.code: subclass for subclass in Problem.__subclasses__()}


def read_problem(code: str, facts: Json) -> Problem:
    """The problem that a stored code and its facts were made of.

    Raises:
        KeyError: The code is not one that this version knows.
        TypeError: A fact is missing, or is not one of this problem's.
    """
    kept = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return PROBLEMS[code](**kept)
