"""What do the steps of setup have to know about a company? Read in a fixed number of queries, however large it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Count
from django.utils.translation import gettext as _

from books.answers import PostingRole
from books.orders import DEFAULT_SECTIONS
from books.problems import (
    CustomerInactive,
    CustomerNameTaken,
    CustomersShareEmail,
    CustomerWithoutEmail,
    LineTypeWithoutMapping,
    LinkedCustomerGone,
    NameOfAnotherList,
    NewCustomersShareName,
    NoCustomer,
    PostingAccountNotSet,
)
from companies.activation import INTRODUCTION, SetupStep, is_activated
from companies.models import Company, CompanyKind, SetupMark
from mapping.left_to_map import Left, left_to_map
from mapping.models import (
    LineTypeDefault,
    PostingAccounts,
    Product,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksItem,
    SourceCustomer,
)
from mapping.posting_settings import FIELDS, NEEDED_TO_POST
from mapping.product_states import number_to_decide, without_mapping
from mapping.undecided import undecided
from setup.steps import MOST_COUNTED, MissingSetting, RehearsalFacts, SetupFacts
from sync.models import (
    QUICKBOOKS_ONLINE,
    BatchKind,
    BatchState,
    Connection,
    Document,
    DocumentProblem,
    DocumentState,
    ExportBatch,
    StagedOrder,
)

_CUSTOMER_TROUBLE = (
    CustomerWithoutEmail,
    CustomersShareEmail,
    CustomerInactive,
    CustomerNameTaken,
    LinkedCustomerGone,
    NameOfAnotherList,
    NewCustomersShareName,
    NoCustomer,
)
#: What a rehearsal must not end with.
STUCK_IN_REHEARSAL = (
    DocumentState.BLOCKED,
    DocumentState.REFUSED,
    DocumentState.DIFFERS,
    DocumentState.UNKNOWN,
    DocumentState.SENDING,
)
#: Records that carry no money by themselves.
_NO_MONEY = ("customer", "item")


def facts_of(company: Company) -> SetupFacts:
    """Read everything that `setup.steps.steps_of` asks for."""
    connection = Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).first()
    desktop = company.kind == CompanyKind.DESKTOP
    marks = _marks(company)
    accounts = QuickBooksAccount.objects.filter(company=company, active=True).count()
    waiting = waiting_for_settings(company)
    posting, unknown = _posting(company, waiting)
    products = Product.objects.filter(company=company)
    return SetupFacts(
        desktop=desktop,
        is_rehearsal=company.is_rehearsal,
        live=company.live_since is not None,
        introduced=INTRODUCTION in marks,
        activated=is_activated(company),
        connection=connection.state if connection else "",
        connected_to=connection.name if connection else "",
        lists_read=accounts > 0 if desktop else connection is not None and connection.lists_refreshed_at is not None,
        accounts=accounts,
        items=QuickBooksItem.objects.filter(company=company, active=True).count(),
        book_customers=QuickBooksCustomer.objects.filter(company=company, active=True)[: MOST_COUNTED + 1].count(),
        missing_accounts=posting,
        unknown_accounts=unknown,
        line_types=len(DEFAULT_SECTIONS),
        missing_line_types=_line_types(company, waiting, desktop=desktop),
        orders=StagedOrder.objects.filter(company=company)[: MOST_COUNTED + 1].count(),
        products=products.count(),
        open_products=_open_products(company),
        customers=SourceCustomer.objects.filter(company=company)[: MOST_COUNTED + 1].count(),
        open_customers=_open_customers(company),
        rehearsal=_rehearsal(company, marks, desktop=desktop),
        confirmed=frozenset(marks),
    )


def waiting_for_settings(company: Company) -> Mapping[tuple[str, str], int]:
    """How many documents wait for each posting account and line type, by the problem's code and the setting."""
    codes = (PostingAccountNotSet.code, LineTypeWithoutMapping.code)
    rows = DocumentProblem.objects.filter(company=company, code__in=codes)
    rows = rows.exclude(document__state=DocumentState.IGNORED)
    found: Counter[tuple[str, str]] = Counter()
    for code, cause, number in rows.values_list("code", "cause").annotate(number=Count("pk")):
        found[code, cause.partition("|")[2]] += number
    return found


def _marks(company: Company) -> dict[str, str]:
    """What people said about steps, with the reason of the last word about each."""
    rows = SetupMark.objects.filter(company=company).order_by("pk")
    return dict(rows.values_list("step", "reason"))


def _posting(
    company: Company, waiting: Mapping[tuple[str, str], int]
) -> tuple[tuple[MissingSetting, ...], tuple[str, ...]]:
    row = PostingAccounts.objects.filter(company=company).first() or PostingAccounts()
    names = {role: str(getattr(row, field)) for field, role in FIELDS.items()}
    missing = tuple(
        MissingSetting(
            name=_(role.label),
            needed=role in NEEDED_TO_POST,
            waiting=waiting.get((PostingAccountNotSet.code, role.label), 0),
        )
        for role, name in names.items()
        if not name
    )
    return missing, _unknown(company, names)


def _unknown(company: Company, names: Mapping[PostingRole, str]) -> tuple[str, ...]:
    chosen = {name for name in names.values() if name}
    active = QuickBooksAccount.objects.filter(company=company, active=True, full_name__in=chosen)
    known = set(active.values_list("full_name", flat=True))
    return tuple(f"{_(role.label)}: {name}" for role, name in names.items() if name and name not in known)


def _line_types(
    company: Company, waiting: Mapping[tuple[str, str], int], *, desktop: bool
) -> tuple[MissingSetting, ...]:
    rows = LineTypeDefault.objects.filter(company=company)
    # A Desktop line posts by its account, an Online line by its item
    set_ones = {row.section for row in rows if row.item_name_default or (desktop and row.item_account_default)}
    return tuple(
        MissingSetting(name=_(section.label), waiting=waiting.get((LineTypeWithoutMapping.code, section.value), 0))
        for section in DEFAULT_SECTIONS
        if section.value not in set_ones
    )


def _open_products(company: Company) -> int:
    is_desktop = company.kind == CompanyKind.DESKTOP
    left = left_to_map(company, Left.WITHOUT_MAPPING, *([] if is_desktop else [Left.NOT_IN_QUICKBOOKS]))
    if left is not None:
        return len({row.key for row in left if not (is_desktop and row.quickbooks_account_name)})
    products = undecided(Product.objects.filter(company=company), company)
    if is_desktop:
        return without_mapping(products.filter(quickbooks_account_name=""), company).count()
    return number_to_decide(products, company)


def _open_customers(company: Company) -> int:
    codes = [problem.code for problem in _CUSTOMER_TROUBLE]
    rows = DocumentProblem.objects.filter(company=company, code__in=codes)
    rows = rows.exclude(document__state=DocumentState.IGNORED)
    return rows.values("cause").distinct().count()


def _rehearsal(company: Company, marks: Mapping[str, str], *, desktop: bool) -> RehearsalFacts:
    waived = marks.get(SetupStep.REHEARSAL.value, "")
    if desktop:
        done = (BatchState.DOWNLOADED, BatchState.ACKNOWLEDGED)
        files = ExportBatch.objects.filter(company=company, kind=BatchKind.REHEARSAL, state__in=done)
        return RehearsalFacts(exists=files.exists(), waived=waived)
    if company.is_rehearsal:
        return RehearsalFacts(waived=waived)
    twins = list(Company.objects.filter(rehearsal_of=company).values_list("pk", flat=True))
    states = _states(twins) if twins else {}
    return RehearsalFacts(
        exists=bool(twins),
        posted=states.get(DocumentState.POSTED.value, 0),
        stuck=sum(states.get(state.value, 0) for state in STUCK_IN_REHEARSAL),
        waived=waived,
    )


def _states(companies: Iterable[int]) -> dict[str, int]:
    rows = Document.objects.filter(company__in=companies).exclude(kind__in=_NO_MONEY).order_by()
    return dict(rows.values_list("state").annotate(number=Count("pk")))
