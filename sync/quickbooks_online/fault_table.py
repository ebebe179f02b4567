"""Which fault codes does QuickBooks have, and what does a person do about each?

Every code that Intuit lists, and those that were seen without being listed. `docs/reference/quickbooks-faults.md` is
written from this table; a test holds the two together.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from books.translation import gettext_noop


class Class(Enum):
    """What a fault makes of a send."""

    #: Refused: a person changes something.
    DATA = "refused"
    #: Refused, unless what is in the way turns out to be ours from an earlier send that nobody heard the answer to.
    ADOPT = "adopted if it is ours, else refused"
    #: The login has run out and is renewed once; when that does not help, a person signs in again.
    AUTH = "login renewed, else needs attention"
    #: The login is of no use any more; a person has to act at QuickBooks or sign in again.
    RECONNECT = "needs attention"
    #: Too fast: the company is left alone for a minute.
    THROTTLE = "try later (60 s)"
    #: Nothing happened because something else was happening; the same bytes go again soon.
    BUSY = "try later"
    #: It may have happened: the same bytes go again under the same request id, or it is looked up.
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class FaultRule:
    """One code."""

    code: str
    kind: Class
    #: What the code is for.
    meaning: str
    #: What to do, as a marked sentence.
    cure: str = ""
    #: The cause lies in one record alone, so each record is an issue of its own; otherwise one issue for all of them.
    per_record: bool = False
    #: Seconds, for BUSY.
    wait: int = 10


@dataclass(frozen=True, kw_only=True)
class TextRule:
    """Words inside the catch-all code 6000 that tell what it is. English only: elsewhere it is a refusal."""

    words: str
    kind: Class
    meaning: str
    cure: str = ""
    per_record: bool = False
    wait: int = 10


_OURS = gettext_noop(
    "This is not about your data: Tieout wrote something that QuickBooks does not take. Show the reply kept with the "
    "document to the person who looks after Tieout."
)
_FIELD = gettext_noop("Correct the field that QuickBooks names, in the source or in the mapping, then press Re-sync.")
_GONE = gettext_noop(
    "An account, item or customer on it was deleted or made inactive in QuickBooks. Press Re-sync, which reads the "
    "lists again and shows what is missing."
)
_ACCOUNT = gettext_noop("Choose an account of a type that QuickBooks accepts in this place, then press Re-sync.")
_CLOSED = gettext_noop(
    "The books are closed for this date. Open the period in QuickBooks (Account and settings, Advanced, Accounting) "
    "and press Re-sync, or ignore the document here and record it by hand in an open period."
)
_NAME_TAKEN = gettext_noop(
    "Another customer, vendor or employee in QuickBooks has this name: choose that customer if it is the same one, or "
    "give the new customer another name."
)
_NUMBER_TAKEN = gettext_noop(
    "Another document in QuickBooks has this number. If it is the same sale, ignore this one here; otherwise change "
    "one of the two numbers, then press Re-sync."
)
_EMAIL = gettext_noop(
    "Correct the billing email of the customer, which QuickBooks does not accept, then press Re-sync."
)
_IN_QUICKBOOKS = gettext_noop("Something in QuickBooks is in the way. Clear it there, then press Re-sync.")
_RIGHTS = gettext_noop(
    "The person who connected QuickBooks may not do this there. Give them the right in QuickBooks, or let someone "
    "who has it press QB Connect."
)
_FEATURE = gettext_noop("This QuickBooks subscription lacks the feature, or it is switched off there.")
_INVENTORY = gettext_noop("Correct the inventory item in QuickBooks, or map to another item, then press Re-sync.")
_TAX = gettext_noop("Correct the sales tax settings in QuickBooks or the mapping of the tax line, then press Re-sync.")

_STALE_LOGIN = gettext_noop("QuickBooks does not accept the login any more. Press QB Connect to sign in again.")
_NO_ACCESS = gettext_noop(
    "The person who connected QuickBooks has no access to the company there any more. Let someone who has press "
    "Connect."
)
_NOT_THIS_COMPANY = gettext_noop(
    "QuickBooks does not let this login into the company: the app was disconnected there, or the keys are for another "
    "environment. Press QB Connect to sign in again."
)
_SUBSCRIPTION = gettext_noop(
    "The QuickBooks subscription of this company has ended or could not be billed. Renew it in QuickBooks, then press "
    "Check again."
)
_RESET = gettext_noop(
    "The QuickBooks company was reset: what was posted is no longer there. Nothing is sent until someone has looked "
    "into it and pressed QB Connect."
)
_LOCKED = gettext_noop("QuickBooks keeps the company locked for the moment.")
_MAINTENANCE = gettext_noop("QuickBooks is being maintained.")
_THROTTLED = gettext_noop("QuickBooks asks Tieout to wait a minute: too many requests for this company.")
_SOMEONE = gettext_noop("Someone else was changing the same thing in QuickBooks at the same time.")
_BROKE = gettext_noop("Something broke inside QuickBooks, and it did not say whether the document was stored.")
_SAME_REQUEST = gettext_noop("QuickBooks has had this request before, and did not repeat its answer.")


def _rules(
    kind: Class, meanings: dict[str, str], cure: str = "", *, per_record: bool = False, wait: int = 10
) -> Iterator[FaultRule]:
    for code, meaning in meanings.items():
        yield FaultRule(code=code, kind=kind, meaning=meaning, cure=cure, per_record=per_record, wait=wait)


#: Every code once, see the test.
RULES: tuple[FaultRule, ...] = (
    # The login ------------------------------------------------------------------------------------------------------
    *_rules(
        Class.AUTH,
        {
            "100": "authentication failed",
            "110": "OAuth authentication failed",
            "3200": "application authentication failed: the access token is unknown, expired or revoked",
            "3202": "the access token is empty",
        },
        _STALE_LOGIN,
    ),
    *_rules(Class.RECONNECT, {"120": "authorization failed: the person lost access to the company"}, _NO_ACCESS),
    *_rules(
        Class.RECONNECT,
        {"3100": "application authorization failed: another company, environment or app"},
        _NOT_THIS_COMPANY,
    ),
    *_rules(Class.RECONNECT, {"6190": "the subscription ended, or there is a billing problem"}, _SUBSCRIPTION),
    *_rules(Class.RECONNECT, {"10200": "the company was reset"}, _RESET),
    # Not now ----------------------------------------------------------------------------------------------------------
    *_rules(Class.THROTTLE, {"3001": "throttled"}, _THROTTLED),
    *_rules(Class.BUSY, {"130": "the request reached the wrong cluster"}, _MAINTENANCE, wait=60),
    *_rules(Class.BUSY, {"140": "the company is locked"}, _LOCKED, wait=300),
    *_rules(Class.BUSY, {"150": "under maintenance"}, _MAINTENANCE, wait=300),
    *_rules(Class.BUSY, {"5010": "stale object: someone else changed it meanwhile"}, _SOMEONE),
    # Who knows --------------------------------------------------------------------------------------------------------
    *_rules(Class.UNKNOWN, {"600": "duplicate request id"}, _SAME_REQUEST),
    *_rules(
        Class.UNKNOWN,
        {
            "1000": "the operation failed",
            "1010": "the creation failed",
            "1020": "the update failed",
            "4002": "the query was not processed",
            "10000": "system failure",
        },
        _BROKE,
    ),
    # In the way -------------------------------------------------------------------------------------------------------
    *_rules(Class.ADOPT, {"630": "duplicate object"}, _NUMBER_TAKEN, per_record=True),
    *_rules(Class.ADOPT, {"6140": "duplicate document number"}, _NUMBER_TAKEN, per_record=True),
    *_rules(
        Class.ADOPT, {"6240": "duplicate name among customers, vendors and employees"}, _NAME_TAKEN, per_record=True
    ),
    # The company's books ----------------------------------------------------------------------------------------------
    *_rules(
        Class.DATA,
        {"6200": "the account period is closed", "6210": "the period is closed and needs the closing password"},
        _CLOSED,
    ),
    *_rules(
        Class.DATA,
        {
            "610": "object not found, or made inactive",
            "2500": "a reference to something that the list does not have",
            "6250": "the customer is missing or inactive",
        },
        _GONE,
    ),
    *_rules(
        Class.DATA,
        {
            "6010": "AccountType or AccountSubType is required",
            "6430": "an account of a type that is not valid here",
            "6440": "a line needs an item or an account",
        },
        _ACCOUNT,
    ),
    *_rules(Class.DATA, {"5020": "permission denied"}, _RIGHTS),
    *_rules(Class.DATA, {"5030": "the feature is not supported"}, _FEATURE),
    *_rules(
        Class.DATA,
        {
            "6100": "the tax code of a line is not valid",
            "6160": "a custom sales tax code is not allowed on creation",
            "6230": "a custom sales tax code is not allowed on update",
            "6170": "TxnTaxDetail is not allowed with NotApplicable",
            "6470": "tax liability account or tax rate error",
        },
        _TAX,
    ),
    *_rules(
        Class.DATA,
        {"6270": "inventory sold before its start date", "6520": "an inventory item needs a quantity"},
        _INVENTORY,
    ),
    *_rules(
        Class.DATA,
        {
            "620": "the transaction cannot be linked",
            "800": "cannot be deleted, something depends on it",
            "6110": "a transaction of the merchant account cannot be changed",
            "6120": "a transaction of the merchant account cannot be deleted",
            "6130": "bill-with-parent cannot be changed",
            "6220": "cannot be deleted or made inactive: it has a balance",
            "6280": "the customer has unbilled expenses",
            "6400": "deleting the linked purchase would break the invoice",
            "6450": "void failed, already settled",
            "6480": "matched in the bank feed, cannot be deleted",
            "6540": "deposited, cannot be changed",
        },
        _IN_QUICKBOOKS,
        per_record=True,
    ),
    # The record -------------------------------------------------------------------------------------------------------
    *_rules(
        Class.DATA,
        {"2210": "the email address is not valid", "6420": "an email address is required"},
        _EMAIL,
        per_record=True,
    ),
    *_rules(
        Class.DATA,
        {
            "2000": "the object name is not valid",
            "2020": "a required parameter is missing",
            "2040": "characters that are not valid in a text",
            "2050": "a text is too short or too long",
            "2060": "the format of a date is not valid",
            "2070": "the date is not valid",
            "2080": "the format of a number is not valid",
            "2090": "the number is not valid",
            "2100": "the format of a decimal is not valid",
            "2110": "the decimal is not valid",
            "2140": "the amount is not valid",
            "2150": "the percentage is not valid",
            "2160": "the quantity is not valid",
            "2180": "a text is out of range",
            "2190": "a date is out of range",
            "2200": "the web address is malformed",
            "2220": "the currency is not valid",
            "2240": "a number is out of range",
            "2250": "there is no line",
            "2290": "the amount of a line is negative",
            "6000": "a business rule was broken (the catch-all)",
            "6080": "no name was given",
            "6150": "a parent is required",
            "6180": "more than five levels",
            "10100": "the result is too big",
        },
        _FIELD,
        per_record=True,
    ),
    # Ours to mend -----------------------------------------------------------------------------------------------------
    *_rules(
        Class.DATA,
        {
            "500": "the operation is not supported",
            "700": "the parent reference is not valid",
            "900": "a parent cannot be its own child",
            "1040": "too many items in a batch",
            "1050": "the content type is not valid",
            "2010": "a property is not valid or not supported",
            "2030": "the id is not valid",
            "2120": "the type is not valid",
            "2130": "the format of the request id is not valid",
            "2170": "a value outside a closed list",
            "2230": "neither true nor false",
            "2260": "PostingType is missing",
            "2270": "TaxApplicableOn is missing",
            "2280": "the tax amount is missing",
            "2300": "debits and credits differ",
            "2600": "elements contradict each other",
            "3000": "the custom field is not valid",
            "4000": "the query cannot be parsed",
            "4001": "the query is not valid",
            "5000": "the field is deprecated",
            "6020": "the content length is missing",
            "6030": "the upload is too large",
            "6040": "the metadata of an attachment are not valid",
            "6041": "the file of an attachment is not valid",
            "6050": "the reference type of an attachment is not valid",
            "6060": "OpenBalanceDate is required with OpenBalance",
            "6070": "the amount of a line is not quantity times price",
            "6090": "a discount line lacks its amount or percentage",
            "6290": "time activity",
            "6300": "time activity",
            "6310": "time activity",
            "6320": "time activity",
            "6330": "time activity",
            "6340": "time activity",
            "6350": "time activity",
            "6360": "time activity",
            "6370": "billable time or expense",
            "6380": "billable time or expense",
            "6390": "billable time or expense",
            "6460": "the deposit is not the amount of the card payment",
            "6490": "budget",
            "6500": "budget",
            "6510": "budget",
            "6530": "a raw card number",
        },
        _OURS,
    ),
)

FAULTS: dict[str, FaultRule] = {rule.code: rule for rule in RULES}

#: The code that says only that some rule was broken; its words say which.
CATCH_ALL = "6000"

#: Looked for in the detail of code 6000, first hit wins.
TEXTS: tuple[TextRule, ...] = (
    TextRule(
        words="only add or edit one name at a time",
        kind=Class.BUSY,
        meaning="another name was being added at the same time",
        cure=_SOMEONE,
    ),
    TextRule(
        words="at exactly the same time",
        kind=Class.BUSY,
        meaning="another transaction with inventory was being changed at the same time",
        cure=_SOMEONE,
    ),
    TextRule(
        words="unexpected error occurred while accessing or saving your data",
        kind=Class.UNKNOWN,
        meaning="it broke while saving",
        cure=_BROKE,
    ),
    TextRule(
        words="Unexpected Internal Error",
        kind=Class.UNKNOWN,
        meaning="it broke, with a negative code in brackets",
        cure=_BROKE,
    ),
    TextRule(
        words="Please balance your debits and credits",
        kind=Class.DATA,
        meaning="debits and credits differ",
        cure=_OURS,
    ),
    TextRule(
        words="GST/HST rate",
        kind=Class.DATA,
        meaning="a line has no tax code where the country demands one",
        cure=_TAX,
    ),
)
