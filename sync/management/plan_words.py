"""What a sync would do to QuickBooks, as a command says it, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from books.documents import FORMS, KINDS
from books.json_types import Json
from companies.models import Company
from companies.stored_texts import retold
from sync.management.sync_words import Write
from sync.management.words import counted, day, figure, money
from sync.previewing.plan import PlannedDocument, PlanTotal, SendAction, SendingPlan, WrittenField

#: What is done, beside a document and before a total.
ACTIONS: Mapping[SendAction, StrPromise] = {
    SendAction.CREATE: gettext_lazy("Create"),
    SendAction.CHANGE: gettext_lazy("Change"),
    SendAction.ADOPT: gettext_lazy("Adopt"),
    SendAction.VOID: gettext_lazy("Void"),
    SendAction.SKIP: gettext_lazy("Leave out"),
    SendAction.BLOCKED: gettext_lazy("Blocked"),
}


def tell_plan(company: Company, plan: SendingPlan, notes: Sequence[tuple[str, str]], write: Write) -> None:
    """Say what would be sent, document by document, then what all of it comes to."""
    named = {"company": company, "slug": company.slug}
    write(_("%(company)s (%(slug)s): this would be posted; nothing is sent.") % named)
    if plan.not_read:
        write("  " + retold(plan.not_read))
    for row in plan.documents:
        for line in _document_lines(row):
            write(line)
    going = [row for row in plan.records if row.is_taken_up]
    number = counted(
        "%(n)s document. Per account, debit positive:", "%(n)s documents. Per account, debit positive:", len(going)
    )
    write(f"\n{number}")
    moved = plan.per_account().items()
    for (currency, path), amount in sorted(moved, key=lambda row: row[0][0] != company.home_currency):
        write(f"    {path:<44} {money(amount, currency):>16}")
    for order, note in notes:
        write("  " + _("Order %(number)s: %(note)s") % {"number": order, "note": retold(note)})
    _tell_sums(company, plan, write)


def _tell_sums(company: Company, plan: SendingPlan, write: Write) -> None:
    """How many documents of each kind, what is created first, and the fingerprint."""
    for total in plan.totals():
        write(f"  {_total_told(total)}")
    if plan.new_customers:
        write("  " + _("New customers: %(names)s") % {"names": ", ".join(plan.new_customers)})
    if plan.new_items:
        write("  " + _("New items, created first: %(names)s") % {"names": ", ".join(plan.new_items)})
    write("  " + _("Fingerprint: %(fingerprint)s") % {"fingerprint": plan.fingerprint})
    if any(row.is_taken_up for row in plan.documents):
        named = {"slug": company.slug, "fingerprint": plan.fingerprint}
        write("  " + _("To send exactly this: sync --company %(slug)s --approved %(fingerprint)s") % named)


def _total_told(total: PlanTotal) -> str:
    number = counted("%(n)s record", "%(n)s records", total.number)
    kind, amount = _(KINDS.get(total.kind, total.kind)), money(total.amount, total.currency)
    return f"{ACTIONS[total.action]}: {kind}, {number}, {amount}"


def _document_lines(row: PlannedDocument) -> Iterator[str]:
    title = retold(row.title)
    if row.form and row.form != row.kind:
        form = _(FORMS[row.form].title).lower()
        title = _("%(document)s as a %(form)s") % {"document": title, "form": form}
    dated = day(date.fromisoformat(row.dated))
    yield f"\n{title}  {dated}  {row.customer}  {money(row.total, row.currency)}  {ACTIONS[row.action]}"
    if row.why:
        yield f"    {retold(row.why)}"
    if row.reason:
        yield f"    {retold(row.reason)}"
    yield from map(_change_told, row.changes)
    if row.action is SendAction.CREATE:
        for posting in row.postings:
            debit, credit = (figure(side, grouped=False) if side else "" for side in (posting.debit, posting.credit))
            yield f"    {posting.account.path:<44} {debit:>12} {credit:>12}"


def _change_told(change: WrittenField) -> str:
    return f"    {_(change.what)}: {retold(change.held)} → {retold(change.sent)}"


def plain_plan(company: Company, plan: SendingPlan, notes: Sequence[tuple[str, str]]) -> Json:
    """The plan as JSON; amounts are text."""
    return {
        "dry_run": True,
        "fingerprint": plan.fingerprint,
        "not_read": plan.not_read,
        "documents": [row.plain() for row in plan.documents],
        "totals": [
            {
                "action": total.action.value,
                "kind": total.kind,
                "currency": total.currency,
                "documents": total.number,
                "amount": str(total.amount),
            }
            for total in plan.totals()
        ],
        "new_customers": list(plan.new_customers),
        "new_items": list(plan.new_items),
        **_accounts(plan.per_account(), company.home_currency),
        "notes": [{"order": number, "note": note} for number, note in notes],
    }


def _accounts(moved: Mapping[tuple[str, str], Decimal], home: str) -> Json:
    """What moves on each account in the home currency and, apart from it, in each other one; amounts are text."""
    by_currency: dict[str, dict[str, str]] = {home: {}}
    for (currency, path), amount in moved.items():
        by_currency.setdefault(currency, {})[path] = str(amount)
    return {"accounts": by_currency.pop(home), "accounts_in_other_currencies": by_currency}
