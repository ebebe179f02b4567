"""How does the studio look on QuickBooks Desktop? The same orders, lists from a file, one rehearsal, one live file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User

from books.money import ZERO
from books.translation import gettext_noop
from companies.activation import accept_disclaimer, approve, mark_live, request_activation
from companies.models import Company, CompanyKind, Membership
from demo.check import Figure
from demo.sample_company import PASSWORD, PEOPLE, SAMPLES, decide_gift_cards, expected
from demo.story import FILES, IMPORTING, Say, add_sources
from mapping.models import CodePage, DesktopSettings, LineTypeDefault, PostingAccounts, Product
from sync.models import BatchKind, Document, DocumentState, ExportBatch, StagedOrder
from sync.preparing.prepare import prepare_new
from sync.quickbooks_desktop.batches.acknowledge import acknowledge
from sync.quickbooks_desktop.batches.create_batch import Made, make_batch
from sync.quickbooks_desktop.batches.export_request import Wish
from sync.quickbooks_desktop.list_import import ListsImported, import_lists
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.staging.import_file import import_file

SLUG = "bramble-birch-desktop"
LISTS = "desktop-lists.iif"
_PREPARING = gettext_noop("Preparing documents")
_EXPORTING = gettext_noop("Making a test file and the first file for the books")
#: By the kind of document.
_IN_FILE = {
    "invoice": gettext_noop("Desktop, invoices in the file"),
    "payment": gettext_noop("Desktop, payments in the file"),
    "credit": gettext_noop("Desktop, credits in the file"),
    "refund": gettext_noop("Desktop, refunds in the file"),
    "return": gettext_noop("Desktop, returns in the file"),
}
_MOVES = gettext_noop("Desktop moves %(account)s")
_ON_ACCOUNT = gettext_noop("Desktop, %(account)s")

_POSTING = {
    "invoice_debit": "Accounts Receivable",
    "payment_debit": "Undeposited Funds",
    "payment_credit": "Accounts Receivable",
    "credit_debit": "Refunds & Allowances",
    "credit_credit": "Accounts Receivable",
    "refund_debit": "Refunds & Allowances",
    "refund_credit": "Checking",
}
_LINE_TYPES = {
    "unknown": "Uncategorized Sale",
    "program": "Program Fee",
    "shipping": "Shipping",
    "tax": "Sales Tax",
    "service": "Studio Services",
    "upsell": "Upsell",
    "finance-charge": "Finance Charge",
    "special": "Discount",
}
#: Item and account of each product by its id in the CRM. Desktop's items have no numbers, so they are named; two
#: products post by an account alone.
_PRODUCTS: Mapping[str, tuple[str, str, str]] = {
    "11": ("Wheel Throwing for Beginners", "Wheel Throwing 101", ""),
    "12": ("Wheel Throwing 201", "Wheel Throwing 201", "Services:Training:Classes"),
    "13": ("Glaze Chemistry Evening", "Glaze Chemistry", ""),
    "14": ("Raku Weekend", "Raku Weekend", "Services:Training:Workshops"),
    "15": ("Kids' Clay Camp", "Kids' Clay Camp", ""),
    "16": ("Coaching Hour", "Coaching Hour", ""),
    "17": ("Starter Clay Kit", "Starter Clay Kit", "Sales:Kits"),
    "18": ("Glaze Sampler Box", "Glaze Sampler", "Sales:Kits"),
    "19": ("Trimming Tools & Sponge", "Trimming Tools & Sponge", "Sales:Tools"),
    "20": ("The Patient Potter, signed", "The Patient Potter", ""),
    "22": ("Monthly Studio Membership", "Studio Membership", "Memberships"),
    "23": ("Kiln Shelf", "", "Memberships"),
    "24": ("Porcelain Throwing Set", "", "Sales:Kits"),
}


@dataclass(frozen=True, kw_only=True)
class DesktopTold:
    """What the story came to; both files stay in the list of files."""

    company: Company
    rehearsal: ExportBatch
    live: ExportBatch


def make_desktop_studio() -> Company:
    """The studio's second company, on QuickBooks Desktop, with its people, lists and decisions.

    What is there already stays as people changed it.

    Raises:
        RuntimeError: The sample lists could not be read, which cannot be with unchanged samples.
    """
    company, created = Company.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Bramble & Birch Studio (Desktop)",
            "kind": CompanyKind.DESKTOP,
            "time_zone": "America/Denver",
            "home_currency": "USD",
            "is_sample": True,
        },
    )
    _people(company)
    if created:
        DesktopSettings.objects.create(company=company, code_page=CodePage.WINDOWS_1252)
        came = import_lists(company, (SAMPLES / LISTS).read_bytes(), name=LISTS)
        if not isinstance(came, ListsImported):
            raise RuntimeError(" ".join(finding.message.worded() for finding in came.findings))
        _decide(company)
        _go_live(company)
    accept_disclaimer(company, by=_person("admin"))  # this version may have another text than the one of the last start
    return company


def tell_desktop(company: Company, *, say: Say) -> DesktopTold:
    """Import the studio's orders, rehearse, export, and take the word of a person that the file was imported.

    Playing it twice exports nothing twice.

    Args:
        company: The studio on QuickBooks Desktop.
        say: Told each step, in words.

    Raises:
        RuntimeError: A step failed that cannot fail with unchanged samples.
    """
    add_sources(company)
    for name, layout in FILES.items():
        say(IMPORTING % {"file": name})
        options = ReadOptions(currency=company.home_currency, time_zone=company.time_zone)
        with (SAMPLES / name).open("rb") as file:
            import_file(company, LAYOUTS[layout], file, name=name, options=options)
    say(_PREPARING)
    prepare_new(company)
    live = ExportBatch.objects.filter(company=company, kind=BatchKind.LIVE).order_by("pk").first()
    if live is not None:
        rehearsal = ExportBatch.objects.filter(company=company, kind=BatchKind.REHEARSAL).order_by("pk").first()
        return DesktopTold(company=company, rehearsal=rehearsal or live, live=live)
    say(_EXPORTING)
    rehearsal, live = _made(company, BatchKind.REHEARSAL), _made(company, BatchKind.LIVE)
    acknowledge(live, by=_person("ops"))
    return DesktopTold(company=company, rehearsal=rehearsal, live=live)


def desktop_figures(told: DesktopTold) -> list[Figure]:
    """What the files must hold, worked out from the orders and from the documents, beside what they do hold."""
    return [*_totals(told), *_orders(told), *_accounts(told), *_again(told)]


def _totals(told: DesktopTold) -> Iterator[Figure]:
    """The sums of the samples, which know nothing of the application, beside what the file holds."""
    wanted, kinds = expected()["desktop"], told.live.kinds
    for kind, what in _IN_FILE.items():
        must, found = wanted["posted"][f"{kind}s"], kinds.get(kind, {"count": 0, "total": "0.00"})
        yield Figure(
            what=what,
            expected=f"{must['count']}, {must['total']}",
            found=f"{found['count']}, {Decimal(found['total']):.2f}",
        )
    moved = {path: Decimal(debit) - Decimal(credit) for path, (debit, credit) in told.live.accounts.items()}
    must_move = {path: Decimal(amount) for path, amount in wanted["moved"].items()}
    for path in sorted({*moved, *must_move}):
        there, must_be = _cents(moved.get(path, ZERO)), _cents(must_move.get(path, ZERO))
        yield Figure(what=_MOVES % {"account": path}, expected=must_be, found=there)


def _orders(told: DesktopTold) -> Iterator[Figure]:
    """The CRM's own sums over the orders whose documents went, against the receivable and the money in the file."""
    went = Document.objects.filter(company=told.company, state=DocumentState.POSTED, kind="invoice")
    orders = StagedOrder.objects.filter(pk__in=went.values("order"))
    sold = sum((order.total for order in orders), ZERO)
    yield Figure(
        what=gettext_noop("Desktop, invoices"), expected=_cents(sold), found=told.live.kinds["invoice"]["total"]
    )
    stuck = Document.objects.filter(company=told.company, state=DocumentState.BLOCKED, kind="invoice")
    numbers = ", ".join(stuck.order_by("number").values_list("number", flat=True))
    must = ", ".join(expected()["desktop"]["blocked"])
    yield Figure(what=gettext_noop("Desktop, blocked"), expected=must, found=numbers)
    idle = Document.objects.filter(company=told.company, state=DocumentState.IGNORED).order_by("number")
    yield Figure(
        what=gettext_noop("Desktop, left out because they move nothing"),
        expected=", ".join(expected()["desktop"]["moves_nothing"]),
        found=", ".join(idle.values_list("number", flat=True)),
    )


def _accounts(told: DesktopTold) -> Iterator[Figure]:
    """Account by account: what the documents of the live file say they move, and what its rows move."""
    wanted: dict[str, Decimal] = {}
    rows = Document.objects.filter(exports__batch=told.live).select_related("frozen")
    for posting in (posting for row in rows for posting in row.value().postings):
        wanted[posting.account.path] = wanted.get(posting.account.path, ZERO) + posting.amount
    found = {path: Decimal(debit) - Decimal(credit) for path, (debit, credit) in told.live.accounts.items()}
    for path in sorted({*wanted, *found}):
        expected, there = _cents(wanted.get(path, ZERO)), _cents(found.get(path, ZERO))
        yield Figure(what=_ON_ACCOUNT % {"account": path}, expected=expected, found=there)
    same = told.rehearsal.accounts == told.live.accounts
    yield Figure(what=gettext_noop("Desktop, test file and export move the same"), expected="True", found=str(same))


def _again(told: DesktopTold) -> Iterator[Figure]:
    batches = ExportBatch.objects.filter(company=told.company).count()
    yield Figure(what=gettext_noop("Desktop, files after the story was played"), expected="2", found=str(batches))
    waiting = Document.objects.filter(company=told.company, state=DocumentState.EXPORTED).count()
    yield Figure(what=gettext_noop("Desktop, exported and not acknowledged"), expected="0", found=str(waiting))


def _made(company: Company, kind: BatchKind) -> ExportBatch:
    made = make_batch(company, Wish(kind=kind, by=_person("ops"), backup_confirmed=kind == BatchKind.LIVE))
    if not isinstance(made, Made):
        raise RuntimeError(made.worded())
    return made.batch


def _go_live(company: Company) -> None:
    admin = _person("admin")
    accept_disclaimer(company, by=admin)
    request_activation(company, by=admin)
    approve(company, by=admin)
    mark_live(company, by=admin)


def _decide(company: Company) -> None:
    PostingAccounts.objects.update_or_create(company=company, defaults=_POSTING)
    decide_gift_cards(company)
    for section, item in _LINE_TYPES.items():
        LineTypeDefault.objects.update_or_create(company=company, section=section, defaults={"item_name_default": item})
    for key, (name, item, account) in _PRODUCTS.items():
        Product.objects.update_or_create(
            company=company,
            system="keap",
            source_key=key,
            defaults={"name": name, "quickbooks_product_name": item, "quickbooks_account_name": account},
        )


def _people(company: Company) -> None:
    for name, role in PEOPLE.items():
        Membership.objects.get_or_create(company=company, user=_person(name), defaults={"role": role})


def _person(name: str) -> User:
    user, created = User.objects.get_or_create(username=name, defaults={"email": f"{name}@example.com"})
    if created:
        user.set_password(PASSWORD)
        user.save()
    return user


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"
