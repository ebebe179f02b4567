"""Where is this company's QuickBooks, for us and for a person? At Intuit over https; a test company over http too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from books.documents import CreditMemo, Invoice, JournalEntry, NewCustomer, Payment, RefundReceipt, SalesReceipt
from books.messages import Message
from books.translation import gettext_noop
from companies.models import Company

_NO_TEST_COMPANY = gettext_noop(
    "This installation has no QuickBooks test company. Ask the person who runs this server; the help page “Test "
    "first” says how to start one."
)
_TEST_COMPANIES_ONLY = gettext_noop(
    "This installation works with test companies only, and %(company)s is not one: nothing was sent for it. Ask the "
    "person who runs this server."
)
_LIVE_BOOKS = gettext_noop(
    "“%(address)s” is where live books are, so nothing was sent for %(company)s, a test company. Ask the person who "
    "runs this server."
)
_NOT_ENCRYPTED = gettext_noop(
    "“%(address)s” is not an %(kinds)s address, so nothing was sent for %(company)s. Only a test company may be "
    "reached over plain http. Ask the person who runs this server."
)


class AddressRefused(Exception):
    """The settings name no address that this company may be reached at."""

    def __init__(self, message: Message, *, setting: str = "") -> None:
        """Keep a message for anyone, and the settings that the person who runs the server looks at."""
        super().__init__(message.worded())
        self.message, self.setting = message, setting


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The four addresses of one QuickBooks, without a slash at the end."""

    api: str
    authorize: str
    token: str
    revoke: str
    #: A practice company: plain http is allowed, and nothing that is sent reaches real books.
    rehearsal: bool = False


def addresses_of(company: Company) -> Addresses:
    """The addresses of a company's QuickBooks.

    Raises:
        AddressRefused: A rehearsal without an address, live books at an address without encryption, or live books
            while this installation rehearses.
    """
    addresses = _of_rehearsal() if company.is_rehearsal else _of_intuit(company)
    if company.is_rehearsal and urlsplit(addresses.api).hostname in _live_hosts():
        live = Message.of(_LIVE_BOOKS, address=addresses.api, company=company.name)
        raise AddressRefused(live, setting="TIEOUT_REHEARSAL_URL")
    for address in (addresses.api, addresses.authorize, addresses.token, addresses.revoke):
        _check(address, company)
    return addresses


def on_this_machine(company: Company) -> bool:
    """Whether the company's QuickBooks is a test company program of ours, and not anything of Intuit's."""
    return company.is_rehearsal and not at_sandbox()


def has_limits(company: Company) -> bool:
    """Whether a company's QuickBooks may be asked only so often: all but a program of ours that was told otherwise."""
    limited: bool = settings.TIEOUT_REHEARSAL_LIMITS
    return limited or not on_this_machine(company)


def at_sandbox() -> bool:
    """Whether rehearsal companies are Intuit's own test companies, and not programs of ours."""
    return not settings.TIEOUT_REHEARSAL_URL and bool(settings.TIEOUT_SANDBOX_CLIENT_ID)


def _of_rehearsal() -> Addresses:
    root = settings.TIEOUT_REHEARSAL_URL
    if at_sandbox():
        return Addresses(
            api=settings.INTUIT_API_URLS["sandbox"],
            authorize=settings.TIEOUT_QUICKBOOKS_AUTHORIZE_URL,
            token=settings.TIEOUT_QUICKBOOKS_TOKEN_URL,
            revoke=settings.TIEOUT_QUICKBOOKS_REVOKE_URL,
            rehearsal=True,
        )
    if not root:
        names = "TIEOUT_REHEARSAL_URL, or TIEOUT_SANDBOX_CLIENT_ID and TIEOUT_SANDBOX_CLIENT_SECRET"
        raise AddressRefused(Message.of(_NO_TEST_COMPANY), setting=names)
    return Addresses(
        api=root,
        authorize=f"{root}/connect/oauth2",
        token=f"{root}/oauth2/v1/tokens/bearer",
        revoke=f"{root}/v2/oauth2/tokens/revoke",
        rehearsal=True,
    )


def _of_intuit(company: Company) -> Addresses:
    if settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "rehearsal":
        only_tests = Message.of(_TEST_COMPANIES_ONLY, company=company.name)
        raise AddressRefused(only_tests, setting="TIEOUT_QUICKBOOKS_ENVIRONMENT")
    return Addresses(
        api=settings.TIEOUT_QUICKBOOKS_API_URL,
        authorize=settings.TIEOUT_QUICKBOOKS_AUTHORIZE_URL,
        token=settings.TIEOUT_QUICKBOOKS_TOKEN_URL,
        revoke=settings.TIEOUT_QUICKBOOKS_REVOKE_URL,
    )


def _live_hosts() -> set[str | None]:
    """Where documents of live companies may go; a sandbox is not one of them."""
    live = {urlsplit(settings.INTUIT_API_URLS["production"]).hostname}
    if settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "production":
        live.add(urlsplit(settings.TIEOUT_QUICKBOOKS_API_URL).hostname)
    return live


def _check(address: str, company: Company) -> None:
    parts = urlsplit(address)
    allowed = ("http", "https") if company.is_rehearsal else ("https",)
    if parts.scheme not in allowed or not parts.hostname:
        kinds = " or ".join(reversed(allowed))
        plain = Message.of(_NOT_ENCRYPTED, address=address, kinds=kinds, company=company.name)
        raise AddressRefused(plain, setting=_setting_of(address))


def _setting_of(address: str) -> str:
    """The setting that an address comes from."""
    names = (f"TIEOUT_QUICKBOOKS_{name}_URL" for name in ("API", "AUTHORIZE", "TOKEN", "REVOKE"))
    return next((name for name in names if getattr(settings, name) == address), "TIEOUT_REHEARSAL_URL")


LIVE = "https://app.qbo.intuit.com"
SANDBOX = "https://app.sandbox.qbo.intuit.com"
#: QuickBooks' own page of each form, and what the test company calls the form.
_PAGES: Mapping[str, tuple[str, str]] = {
    Invoice.kind: ("app/invoice?txnId=", "invoice"),
    SalesReceipt.kind: ("app/salesreceipt?txnId=", "salesreceipt"),
    Payment.kind: ("app/recvpayment?txnId=", "payment"),
    CreditMemo.kind: ("app/creditmemo?txnId=", "creditmemo"),
    RefundReceipt.kind: ("app/refundreceipt?txnId=", "refundreceipt"),
    JournalEntry.kind: ("app/journal?txnId=", "journalentry"),
    NewCustomer.kind: ("app/customerdetail?nameId=", ""),
}


def link_into_quickbooks(company: Company, form: str, quickbooks_id: str, *, realm: str) -> str:
    """The address of a transaction or a customer in the company's QuickBooks Online.

    Args:
        company: Whose QuickBooks is meant; a test company's is at the test company's own address.
        form: The form that the document took in QuickBooks, such as `invoice`.
        quickbooks_id: Empty while nothing was posted.
        realm: The id of the company's QuickBooks company; a test company program keeps several.

    Returns:
        Empty where QuickBooks has no page for the form, or nothing was posted.
    """
    page, name = _PAGES.get(form, ("", ""))
    if not page or not quickbooks_id:
        return ""
    if on_this_machine(company):
        here = f"companies/{realm}/transactions/{name}" if name else f"companies/{realm}/customers"
        return f"{settings.TIEOUT_REHEARSAL_URL}/{here}/{quickbooks_id}" if settings.TIEOUT_REHEARSAL_URL else ""
    sandbox = company.is_rehearsal or settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "sandbox"
    return f"{SANDBOX if sandbox else LIVE}/{page}{quickbooks_id}"
