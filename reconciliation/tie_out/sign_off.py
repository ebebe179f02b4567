"""A person signs a period off: the books are right as this tie-out found them. What changes afterwards is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from books.documents import NewCustomer
from reconciliation.models import SignOff, TieOut, TieOutState
from reconciliation.tie_out.account_rows import account_rows_of, is_explained
from reconciliation.tie_out.accounts import TiedAccount
from reconciliation.tie_out.comparing import Row
from reconciliation.tie_out.run import rows_of
from reconciliation.tie_out.shown import kind_words
from reconciliation.tie_out.unread import unread_at
from sync.models import Document


class NotSigned(Exception):
    """A period cannot be signed off; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class MovedSum:
    """A total of a signed period, as it was signed and as a later tie-out found it."""

    title: str
    currency: str
    signed: Decimal
    now: Decimal

    @property
    def moved(self) -> Decimal:
        """By how much it is another."""
        return self.now - self.signed


def standing_sign_off(tie_out: TieOut) -> SignOff | None:
    """The sign-off of exactly this period, by whichever of its tie-outs; None where it is not signed."""
    rows = SignOff.objects.filter(company=tie_out.company, first=tie_out.first, last=tie_out.last, withdrawn_at=None)
    return rows.select_related("tie_out", "by").first()


def sign(tie_out: TieOut, *, note: str, by: User) -> SignOff:
    """Sign the period of a tie-out off.

    Args:
        tie_out: The newest of its period.
        note: What is to be known about open records; must be there where any differs, could not be read, or
            came or changed since.
        by: Who signs.

    Raises:
        NotSigned: It is not finished or not the newest, money is unexplained, a note is missing, or it is signed.
    """
    why = in_the_way(tie_out, rows_of(tie_out), account_rows_of(tie_out)) or _note_missing(tie_out, note)
    if why:
        raise NotSigned(why)
    name = by.get_full_name() or by.get_username()
    try:
        with transaction.atomic():
            return SignOff.objects.create(
                company=tie_out.company,
                tie_out=tie_out,
                first=tie_out.first,
                last=tie_out.last,
                by=by,
                name=name,
                note=note,
            )
    except IntegrityError:
        raise NotSigned(_("This period is signed off already.")) from None


def in_the_way(tie_out: TieOut, rows: Sequence[Row], accounts: Sequence[TiedAccount]) -> str:
    """Why a tie-out cannot be signed off, whatever the note says; empty where it can.

    Args:
        tie_out: As it is now.
        rows: Its figures, by kind.
        accounts: The same, by account.
    """
    if tie_out.state != TieOutState.FINISHED:
        return _("Only a finished tie-out can be signed off.")
    same = TieOut.objects.filter(company=tie_out.company, first=tie_out.first, last=tie_out.last)
    if same.filter(pk__gt=tie_out.pk, state=TieOutState.FINISHED).exists():
        return _("There is a newer tie-out of this period. Sign that one off.")
    if not is_explained(rows, accounts):
        return _("There is money in this period that no record explains, so it cannot be signed off.")
    return ""


def _note_missing(tie_out: TieOut, note: str) -> str:
    if note.strip():
        return ""
    if tie_out.differing:
        return _("Some records differ. Say in the note why the period is signed off all the same.")
    if unread_at(tie_out):
        return _("Some orders could not be read. Say in the note why the period is signed off all the same.")
    if changed_after(tie_out).exists():
        return _(
            "Records of this period came or changed in Tieout since this tie-out. Tie out again, or say in the note "
            "why this one is signed off."
        )
    return ""


def withdraw(sign_off: SignOff, *, reason: str, by: User) -> bool:
    """Take a sign-off back; it stays on record with who did so and why.

    Returns:
        False where another person has done so meanwhile.
    """
    rows = SignOff.objects.filter(pk=sign_off.pk, withdrawn_at=None)
    return bool(rows.update(withdrawn_at=timezone.now(), withdrawn_by=by, withdrawn_reason=reason))


def moved_since(sign_off: SignOff, rows: Sequence[Row]) -> list[MovedSum]:
    """The totals in QuickBooks and in the source that are others than those that were signed.

    Args:
        sign_off: Of the period.
        rows: Of a later tie-out of it.
    """
    before = {(row.kind, row.currency): row for row in rows_of(sign_off.tie_out)}
    after = {(row.kind, row.currency): row for row in rows}
    found = []
    for kind, currency in sorted({*before, *after}):
        pair = [side.get((kind, currency), Row(kind=kind, currency=currency)) for side in (before, after)]
        named = {"kind": kind_words(kind)}
        sums = (
            (_("%(kind)s in the source") % named, [row.source for row in pair]),
            (_("%(kind)s in QuickBooks") % named, [row.read for row in pair]),
        )
        found += [
            MovedSum(title=title, currency=currency, signed=signed, now=now)
            for title, (signed, now) in sums
            if signed != now
        ]
    return found


def changed_since(sign_off: SignOff) -> QuerySet[Document]:
    """The records of a signed period that came, or changed here, after the tie-out that was signed; the newest first.

    It may have been signed long after it was made, and a signature is for what was seen in it.
    """
    return changed_after(sign_off.tie_out)


def changed_after(tie_out: TieOut) -> QuerySet[Document]:
    """The records dated in the period of a finished tie-out that came, or changed here, since; the newest first."""
    rows = Document.objects.filter(
        company=tie_out.company_id, dated__range=(tie_out.first, tie_out.last), changed_at__gt=tie_out.finished_at
    )
    return rows.exclude(kind=NewCustomer.kind).exclude(withdrawn=True).select_related("order").order_by("-changed_at")
