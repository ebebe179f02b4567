"""How does an item in QuickBooks get the income account that its mapping names? Only when a person says so."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from books.outcomes import Refused, TryLater, Unknown
from companies.models import Company
from companies.signals import announce
from mapping.models import QuickBooksAccount, QuickBooksItem
from sync.lists.items.write import CannotWrite, begin, items_of, send
from sync.models import ItemOperation, ItemWrite, PushState
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.items import Stored, by_id, with_income_account


def change_income_account(company: Company, item: str, account: str, *, by: User) -> None:
    """Give an item another income account in QuickBooks. Not inside a transaction.

    Args:
        company: Of QuickBooks Online.
        item: Full name of an active item.
        account: Path of an active account that an item can be sold to.
        by: The person who said so.

    Raises:
        CannotWrite: Nothing was changed, or nobody knows; see `sync.lists.items.write.send`.
    """
    row = QuickBooksItem.objects.filter(company=company, full_name=item, active=True).first()
    wanted = QuickBooksAccount.objects.filter(company=company, full_name=account, active=True).first()
    if row is None or wanted is None:
        raise CannotWrite(_("QuickBooks does not have the item or the account any more. Nothing was changed."))
    with items_of(company) as destination:
        if unanswered := _open_write(company, item):  # perhaps to another account
            _send(unanswered, destination, row)
        if write := _new_write(company, row, wanted, destination, by):
            _send(write, destination, row)
    # sync prepares again what is not sent, reconciliation gathers the issues
    announce(company, by=by)


def _send(write: ItemWrite, destination: QuickBooksOnline, row: QuickBooksItem) -> None:
    paths = QuickBooksAccount.objects.filter(company_id=write.company_id, full_name=write.account)
    account = paths.order_by("-active", "pk").values_list("quickbooks_id", flat=True).first() or ""
    send(write, destination, look_up=lambda: _changed(destination, row.quickbooks_id, account))


def _open_write(company: Company, item: str) -> ItemWrite | None:
    rows = ItemWrite.objects.filter(company=company, operation=ItemOperation.CHANGE_ACCOUNT, state=PushState.OPEN)
    return rows.filter(name=item).first()


def _new_write(
    company: Company,
    row: QuickBooksItem,
    wanted: QuickBooksAccount,
    destination: QuickBooksOnline,
    by: User,
) -> ItemWrite | None:
    """A write of the item as it is now, so that nothing else of it changes; None when nothing is to be done."""
    now = by_id(destination, row.quickbooks_id)
    if isinstance(now, Refused | TryLater | Unknown):
        raise CannotWrite(_("QuickBooks could not be asked how the item is now. Nothing was changed."))
    if now is None:
        raise CannotWrite(_("QuickBooks does not have the item any more. Nothing was changed."))
    if now.income_account == wanted.quickbooks_id:
        QuickBooksItem.objects.filter(pk=row.pk).update(income_account_id=wanted.quickbooks_id)
        return None
    before = QuickBooksAccount.objects.filter(company=company, quickbooks_id=now.income_account).first()
    return begin(
        company,
        operation=ItemOperation.CHANGE_ACCOUNT,
        name=row.full_name,
        quickbooks_id=row.quickbooks_id,
        account_before=before.full_name if before else "",
        account=wanted.full_name,
        body=with_income_account(now.row, wanted.quickbooks_id),
        asked_by=by,
    )


def _changed(destination: QuickBooksOnline, item: str, account: str) -> Stored | Refused | TryLater | Unknown | None:
    """The item, when it has the account by now."""
    now = by_id(destination, item)
    if isinstance(now, Stored):
        return now if now.income_account == account else None
    return now
