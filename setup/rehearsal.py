"""How does a company get a twin to rehearse with? Its own rows for everything; nothing of either is the other's.

The twin gets copies: settings, people, QuickBooks' lists, orders, saved columns and decisions. It gets no document, no
push, no key and no login, and gives none back. Its addresses are those of rehearsals alone, see `addresses_of`.
Source: docs/decisions/0022-setup-and-rehearsal.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.translation import gettext as _

from companies.activation import NotAllowedNow, is_activated, mark_live
from companies.models import Company, CompanyKind, Membership, take_turns
from mapping.copying.copy import copy_decisions
from mapping.copying.report import CopyReport
from mapping.models import ListRow
from sync.models import Connection, OrderVersion, StagedOrder, sources_of
from sync.preparing.prepare import prepare_new
from sync.sources.base import OrderRead, Place
from sync.staging.columns import copy_columns
from sync.staging.intake import stage
from sync.staging.sources import copy_source

#: The newest orders that the twin gets: enough to see every kind, few enough to wait for.
MOST_ORDERS = 500
_LONGEST_NAME = 200
_LONGEST_SLUG = 50
_BATCH = 500
#: What of a company's own row the twin decides for itself.
_OWN = {
    *("id", "name", "slug", "is_rehearsal", "rehearsal_of", "created_at"),
    *("switched_on", "posts_automatically", "live_since"),
}


@dataclass(frozen=True, kw_only=True)
class RehearsalMade:
    """A twin, and what was copied into it."""

    company: Company
    orders: int
    #: Orders of the company that were left out, because only the newest are copied.
    orders_left_out: int
    decisions: CopyReport


@transaction.atomic
def make_rehearsal(company: Company, *, by: User) -> RehearsalMade:
    """Make the rehearsal twin of a company, at work at once: it can reach nothing but a practice QuickBooks.

    Args:
        company: Activated, of QuickBooks Online, without a twin.
        by: Who asked; an administrator.

    Raises:
        NotAllowedNow: The company cannot have a twin now; the message says why.
    """
    take_turns(company)
    _check(company)
    twin = _twin(company, by)
    _copy_people(company, twin)
    _copy_lists(company, twin)
    orders, left_out = _copy_orders(company, twin, by)
    copy_columns(company, twin)
    decisions = copy_decisions(company, twin, by=by)
    mark_live(twin, by=by)
    prepare_new(twin)
    return RehearsalMade(company=twin, orders=orders, orders_left_out=left_out, decisions=decisions)


def twin_of(company: Company) -> Company | None:
    """The company's rehearsal; None before one was made."""
    return Company.objects.filter(rehearsal_of=company).order_by("pk").first()


def _check(company: Company) -> None:
    if company.kind != CompanyKind.ONLINE:
        raise NotAllowedNow(_("QuickBooks Desktop is tested with a file, imported into a copy of your company file."))
    if company.is_rehearsal:
        raise NotAllowedNow(_("This is a test company itself."))
    if twin_of(company) is not None:
        raise NotAllowedNow(_("There is a test company already."))
    if not is_activated(company):
        raise NotAllowedNow(_("The company is not activated."))


def _twin(company: Company, by: User) -> Company:
    fields = [field for field in Company._meta.concrete_fields if field.name not in _OWN]
    facts = {field.attname: getattr(company, field.attname) for field in fields}
    ending = _(" (test)")
    twin = Company(
        **facts,
        name=company.name[: _LONGEST_NAME - len(ending)] + ending,
        slug=_free_slug(company.slug),
        is_rehearsal=True,
        rehearsal_of=company,
        posts_automatically=True,
    )
    twin._history_user = by  # type: ignore[attr-defined]
    twin.save()
    return twin


def _free_slug(slug: str) -> str:
    ending = "-test"
    wanted = slug[: _LONGEST_SLUG - len(ending) - 2] + ending
    taken = set(Company.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    names = (wanted, *(f"{wanted}{number}" for number in range(2, 99)))
    return next(name for name in names if name not in taken)


def _copy_people(company: Company, twin: Company) -> None:
    for membership in Membership.objects.filter(company=company):
        Membership.objects.create(company=twin, user_id=membership.user_id, role=membership.role)


def _copy_lists(company: Company, twin: Company) -> None:
    """Every list of QuickBooks, so that names can be checked before the twin has read its own."""
    for model in _lists():
        rows = model._default_manager.filter(company=company).iterator(chunk_size=_BATCH)
        model._default_manager.bulk_create((_copied(row, twin) for row in rows), batch_size=_BATCH)


def _lists() -> Iterator[type[models.Model]]:
    waiting: list[type[models.Model]] = [ListRow]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model._meta.abstract and not model._meta.proxy:
            yield model


def _copied(row: models.Model, twin: Company) -> models.Model:
    row.pk, row.company_id = None, twin.pk  # type: ignore[attr-defined]
    row._state.adding = True
    return row


def _copy_orders(company: Company, twin: Company, by: User) -> tuple[int, int]:
    """The newest orders, staged anew from their newest versions; how many, and how many were left out."""
    newest = StagedOrder.objects.filter(company=company).order_by("-placed_on", "-pk")
    chosen = list(newest.values_list("pk", flat=True)[:MOST_ORDERS])
    staged = 0
    for source in sources_of(company):
        target = copy_source(source, twin, by=by)
        staged += stage(target, _readings(source, chosen), by=by).staged
    return staged, newest.count() - len(chosen)


def _readings(source: Connection, chosen: list[int]) -> Iterator[OrderRead]:
    versions = OrderVersion.objects.filter(
        order__connection=source, order__in=chosen, version=models.F("order__version")
    )
    for number, version in enumerate(versions.order_by("order_id").iterator(chunk_size=_BATCH), start=1):
        yield OrderRead(order=version.read(), payload=json.loads(version.payload), place=Place(order=number))
