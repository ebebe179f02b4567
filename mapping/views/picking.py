"""Which names of QuickBooks could a person mean by what they have typed so far?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import asdict, dataclass

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from books.customer_fields import name_key
from companies.access import Right, company_view
from companies.models import Company
from mapping.account_uses import USES, AccountUse, type_label
from mapping.answering import NOT_FOR_SALE
from mapping.company_lists import CompanyLists
from mapping.models import QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, QuickBooksTerm
from mapping.posting_settings import POSTING_ITEMS, PostingItems

SHOWN = 20
# Rows that contain the text, before they are put in order
_FETCHED = 200
# With fewer exact finds than this, near names are added
_FEW = 5
_LONGEST_QUERY = 200


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One line of an opened list: what goes into the field, and what it is."""

    value: str
    detail: str = ""


@require_safe
@company_view(Right.VIEW)
def pick(request: HttpRequest, company: Company, what: str) -> HttpResponse:
    """Answer a picker: `{"choices": [{"value", "detail"}], "note": "…"}`, from this company's own lists.

    `q` is what was typed; `use` says where an account is named, which decides on its types.
    """
    text = request.GET.get("q", "").strip()[:_LONGEST_QUERY]
    if what == "accounts":
        use = USES.get(request.GET.get("use", ""))
        if use is None:
            raise Http404(_("There is no such use of an account."))
        found = list(_accounts(company, text, use))
    elif what in _PICKERS:
        found = list(_PICKERS[what](company, text))
    else:
        raise Http404(_("There is no such list."))
    shown = found[:SHOWN]
    note = _note(text, shown=len(shown), more=len(found) > SHOWN)
    return JsonResponse({"choices": [asdict(choice) for choice in shown], "note": note})


def _note(text: str, *, shown: int, more: bool) -> str:
    """What a screen reader is told about the list; also shown below it when there is more."""
    if not shown:
        return (
            _("QuickBooks has nothing like “%(text)s” that fits here.") % {"text": text}
            if text
            else _("Nothing fits here.")
        )
    if more:
        return _("There are more; type further to narrow them down.")
    return ngettext("%(number)d name", "%(number)d names", shown) % {"number": shown}


def _accounts(company: Company, text: str, use: AccountUse) -> Iterator[Choice]:
    rows = QuickBooksAccount.objects.filter(company=company, active=True, account_type__in=use.types)
    matching = rows.filter(Q(full_name__icontains=text) | Q(number__startswith=text)) if text else rows
    found = {row.full_name: row.account_type for row in matching.order_by("full_name")[:_FETCHED]}
    lists = CompanyLists(company)
    near = lists.like_account(text, use.types) if _wants_near(text, found) else ()
    for path in (*_ranked(found, text), *(suggestion.text for suggestion in near if suggestion.text not in found)):
        yield Choice(value=path, detail=type_label(found[path]) if path in found else lists.describe_account(path))


def _items(company: Company, text: str) -> Iterator[Choice]:
    rows = QuickBooksItem.objects.filter(company=company, active=True).exclude(item_type__in=NOT_FOR_SALE)
    folded = text.casefold()
    matching = rows.filter(Q(full_name__icontains=text) | Q(sku_compared__contains=folded)) if text else rows
    found = {row.full_name: row for row in matching.order_by("full_name")[:_FETCHED]}
    by_number = [name for name, row in found.items() if folded and row.sku_compared == folded]
    lists = CompanyLists(company)
    near = lists.like_item(text) if _wants_near(text, found) else ()
    names = dict.fromkeys((*by_number, *_ranked(found, text), *(suggestion.text for suggestion in near)))
    for name in names:
        if row := found.get(name):
            yield Choice(value=name, detail=" · ".join(filter(None, (row.sku, row.item_type))))
        else:
            yield Choice(value=name, detail=lists.describe_item(name))


def _posting_items(name: str) -> Callable[[Company, str], Iterator[Choice]]:
    """The same items, each with its income account: it decides which form such records take."""

    def found(company: Company, text: str) -> Iterator[Choice]:
        standing = PostingItems(company)
        for item in _items(company, text):
            said = standing.describe(POSTING_ITEMS[name], item.value)
            yield Choice(value=item.value, detail=said or item.detail)

    return found


def _customers(company: Company, text: str) -> Iterator[Choice]:
    rows = QuickBooksCustomer.objects.filter(company=company, active=True)
    folded = name_key(text)
    matching = rows.filter(Q(name_compared__contains=folded) | Q(email_compared__contains=folded)) if text else rows
    found = {row.display_name: row for row in matching.order_by("name_compared")[:_FETCHED]}
    for name in _ranked(found, text):
        yield Choice(value=name, detail=" · ".join(filter(None, (found[name].email, found[name].currency))))


def _terms(company: Company, text: str) -> Iterator[Choice]:
    rows = QuickBooksTerm.objects.filter(company=company, active=True, name__icontains=text).order_by("name")
    for row in rows[:_FETCHED]:
        days = row.due_days
        yield Choice(
            value=row.name,
            detail="" if days is None else ngettext("%(days)d day", "%(days)d days", days) % {"days": days},
        )


_PICKERS: Mapping[str, Callable[[Company, str], Iterator[Choice]]] = {
    "items": _items,
    "credit-items": _posting_items("credit_item"),
    "refund-items": _posting_items("refund_item"),
    "customers": _customers,
    "terms": _terms,
}


def _wants_near(text: str, found: Sized) -> bool:
    """Whether near names help: after a letter or two everything is near."""
    return len(text) > 2 and len(found) < _FEW


def _ranked(names: Mapping[str, object], text: str) -> list[str]:
    """Names that begin with the text, then those of which a level does, then the rest; each by the alphabet."""
    folded = text.casefold()

    def rank(name: str) -> tuple[int, str]:
        folded_name = name.casefold()
        if folded_name.startswith(folded):
            return 0, folded_name
        return 1 if any(level.startswith(folded) for level in folded_name.split(":")) else 2, folded_name

    return sorted(names, key=rank)
