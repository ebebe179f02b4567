"""What does QuickBooks say when it refuses? Codes and texts, each with its origin in the fact sheet.

Texts marked "own words" were never captured from Intuit; clients must match on the code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One entry of `Fault.Error`."""

    code: str
    message: str
    detail: str
    element: str | None = None

    def as_json(self) -> dict[str, str]:
        """The entry in the upper-case envelope; `element` only where there is one."""
        told = {"Message": self.message, "Detail": self.detail, "code": self.code}
        return told if self.element is None else {**told, "element": self.element}


class Refused(Exception):
    """QuickBooks answers with a fault; nothing has changed."""

    def __init__(self, *refusals: Refusal, status: int = 400, kind: str = "ValidationFault") -> None:
        super().__init__("; ".join(f"{refusal.code}: {refusal.detail}" for refusal in refusals))
        self.refusals = refusals
        self.status = status
        self.kind = kind

    def fault(self) -> dict[str, object]:
        """The `Fault` object that an answer or a batch item carries."""
        return {"Error": [refusal.as_json() for refusal in self.refusals], "type": self.kind}


def _one(code: int, message: str, detail: str, element: str | None = None) -> Refused:
    return Refused(Refusal(code=str(code), message=message, detail=detail, element=element))


def missing(name: str) -> Refused:
    """2020: a required parameter is absent."""
    return _one(
        2020,
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {name} is missing in the request",
        name,
    )


def wrong_length(name: str, *, least: int, most: int, given: int) -> Refused:
    """2050: a text is too short or too long."""
    return _one(
        2050,
        "String length is either shorter or longer than supported by specification",
        f"String length specified does not match the supported length. Min:{least} Max:{most} supported. "
        f"Supplied length:{given}",
        name,
    )


def unknown_property(name: str, type_name: str, known: Iterable[str]) -> Refused:
    """2010: a property that the type does not have."""
    names = sorted(known)
    shown = ", ".join(f'"{property}"' for property in names[:55])
    rest = " [truncated]" if len(names) > 55 else ""
    return _one(
        2010,
        "Request has invalid or unsupported property",
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{type_name}), '
        f"not marked as ignorable ({len(names)} known properties: {shown}{rest}]) "
        "specified is unsupported or invalid",
    )


def wrong_type(name: str, wanted: str) -> Refused:
    """2010: JSON of another type than the property has."""
    return _one(
        2010,
        "Request has invalid or unsupported property",
        f"Property Name:Can not deserialize instance of {wanted} out of the value of {name} "
        "specified is unsupported or invalid",
    )


def unreadable_body(why: str) -> Refused:
    """2010: the body is not JSON (own words; a recording shows only that the code is the same)."""
    return _one(
        2010,
        "Request has invalid or unsupported property",
        f"Property Name:Can not parse the request body: {why} specified is unsupported or invalid",
    )


def unknown_enumeration_in_type(value: str, enumeration: str) -> Refused:
    """2010: a value that the schema's enumeration does not have, as Jackson tells it."""
    return _one(
        2010,
        "Request has invalid or unsupported property",
        f"Property Name:Can not deserialize value of type com.intuit.schema.finance.v3.{enumeration} from String "
        f'"{value}": value not one of declared Enum instance names specified is unsupported or invalid',
    )


def invalid_id(value: object, element: str = "Id") -> Refused:
    """2030: an id that is not a whole number."""
    return _one(2030, "Invalid ID", f"Id should be a valid number. Supplied value:{value}", element)


def invalid_characters(name: str, what: str) -> Refused:
    """2040: characters that a text may not have (own words)."""
    return _one(2040, "Invalid String. Contains Invalid characters", f"{name} may not contain {what}", name)


def invalid_date(name: str, value: object) -> Refused:
    """2060: not YYYY-MM-DD."""
    return _one(2060, "Invalid Date Format", f"Date value should be in format YYYY-MM-DD. Supplied value:{value}", name)


def invalid_number(name: str, value: object) -> Refused:
    """2090: not a number, or one that is out of all bounds."""
    return _one(2090, "Invalid Number", f"Supplied value is not a valid number. Supplied value:{value}", name)


def number_out_of_range(name: str, value: object, *, least: object, most: object) -> Refused:
    """2240: a number below or above what the field takes."""
    return _one(2240, "Number Out Of Range", f"Value must be between {least} and {most}. Supplied value:{value}", name)


def invalid_amount(name: str, value: object) -> Refused:
    """2140: an amount beyond what a form can hold."""
    return _one(2140, "Invalid Amount", f"Amount is not valid. Supplied value:{value}", name)


def invalid_boolean(name: str, value: object) -> Refused:
    """2230: neither true nor false."""
    return _one(2230, "Invalid Boolean Value", f"Value must be true or false. Supplied value:{value}", name)


def invalid_enumeration(value: object, element: str | None = None) -> Refused:
    """2170: a value outside a closed list."""
    return _one(2170, "Invalid Enumeration", f"Invalid Enumeration : {value}", element)


def invalid_request_id(length: int) -> Refused:
    """2130: a request id over 50 characters."""
    return _one(
        2130,
        "Invalid Request Id Format",
        f"Request Id must have between 1 and 50 characters. Supplied length:{length}",
        "requestid",
    )


def invalid_web_address(value: str) -> Refused:
    """2200: not a web address."""
    return _one(2200, "Malformed Web Address", f"Web address is not valid. Supplied value:{value}", "WebAddr")


def invalid_email(name: str) -> Refused:
    """2210: not an e-mail address."""
    return _one(
        2210,
        "Invalid Email Address format",
        "Email address must be in the form user@example.com. The address must contain @ and a period",
        name,
    )


def bad_reference(list_name: str, value: object) -> Refused:
    """2500: a reference to something that the list does not have."""
    return _one(2500, "Invalid Reference Id", f"Invalid Reference Id : {list_name} element id {value} not found")


def category_on_a_line() -> Refused:
    """2500: a category where a product or service belongs."""
    return _one(
        2500,
        "Invalid Reference Id",
        "Invalid Reference Id : An item in this transaction is set up as a category instead of a product or service.",
    )


def inactive() -> Refused:
    """610: an unknown id, or a reference to something made inactive."""
    return _one(
        610,
        "Object Not Found",
        "Object Not Found : Something you're trying to use has been made inactive. "
        "Check the fields with accounts, customers, items, vendors or employees.",
        "",
    )


def deleted_transaction() -> Refused:
    """610: a transaction that was there and is not any more."""
    return _one(610, "Object Not Found", "Object Not Found : Another user has deleted this transaction.", "")


def stale(who: str) -> Refused:
    """5010: someone changed the object since this SyncToken."""
    return _one(
        5010,
        "Stale Object Error",
        f"Stale Object Error : You and {who} were working on this at the same time. "
        f"{who} finished before you did, so your work was not saved.",
        "",
    )


def duplicate_name(holder: str) -> Refused:
    """6240: the same list already has this name."""
    return _one(6240, "Duplicate Name Exists Error", f"The name supplied already exists. : Id={holder}")


def name_used_elsewhere() -> Refused:
    """6240: another of the three name lists has it."""
    return _one(
        6240,
        "Duplicate Name Exists Error",
        "The name supplied already exists. : Another customer, vendor or employee is already using this name. "
        "Please use a different name.",
    )


def duplicate_number(number: str, kind: str, holder: str) -> Refused:
    """6140: the document number is taken; `kind` is the human form, such as Sales Receipt."""
    return _one(
        6140,
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={kind} with TxnId={holder}",
        "DocNumber",
    )


def closed_books() -> Refused:
    """6210: the date is on or before the closing date. The doubled word is in the captured text."""
    return _one(
        6210,
        "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated through through the QBO Services API. "
        "Please use the QBO website to make these changes.",
    )


def wrong_product(amount: Decimal) -> Refused:
    """6070: a line that does not multiply out."""
    shown = f"{amount:,f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return _one(
        6070,
        "Amount calculation incorrect in the request.",
        f"Amount is not equal to UnitPrice * Qty. Supplied value:{shown}",
        "Line.Amount",
    )


def business(text: str) -> Refused:
    """6000: the catch-all of business rules."""
    return _one(
        6000,
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {text}",
        "",
    )


def coded(code: int, message: str, detail: str, element: str | None = None) -> Refused:
    """A rule that only one entity has, told in place."""
    return _one(code, message, detail, element)


def unsupported(what: str) -> Refused:
    """500: a route or an operation that does not exist."""
    return _one(500, "Unsupported Operation", f"Operation {what} is not supported.")


def no_such_resource(path: str) -> Refused:
    """500: a path that leads nowhere, in the recorded words."""
    return unsupported(f"Could not find resource for relative : {path} of full path: {path}")


def unparsable_query(detail: str) -> Refused:
    """4000: the query is not in the grammar."""
    return _one(4000, "Error parsing query", f"QueryParserError: {detail}")


def invalid_query(detail: str) -> Refused:
    """4001: the query is grammatical and asks for something that is not there."""
    return _one(4001, "Invalid query", f"QueryValidationError: {detail}")


def too_many_in_batch(count: int) -> Refused:
    """1040: more than 30 items."""
    return _one(1040, "Batch Size Exceeds Limit", f"The maximum number of batch items is 30. Supplied number:{count}")


def body_too_large(length: int, most: int) -> Refused:
    """6030 in the shape of a fault, with status 413 (own words; the wild knows only the status)."""
    refusal = Refusal(
        code="6030",
        message="Request is too large",
        detail=f"The request body has {length} bytes; at most {most} are accepted.",
    )
    return Refused(refusal, status=413)


def failure(detail: str) -> Refused:
    """10000: something broke on the other side; the outcome is not known to the client."""
    refusal = Refusal(
        code="10000",
        message="An application error has occurred while processing your request",
        detail=f"System Failure Error: {detail}",
    )
    return Refused(refusal, status=500, kind="SystemFault")
