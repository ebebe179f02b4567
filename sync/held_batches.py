"""A batch that a second person has to approve: asked for, decided about, and sent or left.

The gate that keeps it from being sent is `sync.pushing.gate`, in the claim of the documents.

Source:
    docs/decisions/0085-a-second-person.md
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.json_types import Json
from books.messages import Message
from books.money import money_text
from books.translation import gettext_noop
from companies.access import RIGHTS, Right
from companies.models import Company, Membership, take_turns
from sync.models import BatchDecision, Preview, PreviewedDocument, PreviewState
from sync.previewing.keeping import keep_plan, new_preview
from sync.previewing.making import gather, plan_of
from sync.pushing.second_person import asks
from sync.verifying import compared, prepare_for_plan

WAITS = gettext_noop(
    "A second person has to approve what waits: %(number)s documents, %(amount)s in all, which is above %(above)s. "
    "Nothing new was sent."
)
#: Where nothing waits for a decision.
APPROVED_FIRST = gettext_noop(
    "What a second person approved is sent first. Nothing else was begun: it goes after that."
)
LOOK_AT_IT = gettext_noop("Open Preview, look at the batch, and approve or decline it.")
WAS_DECLINED = gettext_noop(
    "%(name)s declined what waits: %(number)s documents, %(amount)s in all. Nothing new was sent. Reason: %(reason)s"
)
ASK_AGAIN = gettext_noop("It is asked for again once anything in it changes, or when a person makes a preview.")
#: What became of a batch that waited.
_REPLACED = gettext_noop("Another batch has taken its place, since what waits is another by now.")
_NOT_ABOVE = gettext_noop("What waits is not above the amount any more, so no approval is needed.")
# Why nothing is decided
_NOT_WAITING = gettext_noop("This batch does not wait for approval any more. Nothing was decided.")
_DECIDED = gettext_noop("%(name)s has decided about this batch already. Nothing was changed.")
_OWN = gettext_noop("You asked for this batch to be sent, so another person has to approve it.")
_ANOTHER = gettext_noop("This is not the preview that was shown. Look at it again, then decide.")
_NO_REASON = gettext_noop("Say why it is declined.")
_ANOTHER_PERSON = gettext_noop("Another person")


ROLES_THAT_SIGN = [role for role, rights in RIGHTS.items() if Right.SIGN in rights]


class NotDecided(Exception):
    """A person's decision about a batch does not count; the message says why."""


def asks_for(company: Company, amount: Decimal) -> bool:
    """Whether a second person has to approve so much money."""
    return asks(company.approval_above, waits=amount)


# Asking --------------------------------------------------------------------------------------------------------------


def hold(company: Company, *, by: User | None) -> Preview | None:
    """The batch that a second person has to decide about: what waits, or a new one where that is another by now.

    The caller holds the company's lease.

    Args:
        company: Of which something was not sent.
        by: The person who wanted it sent; None for the scheduler, whose batch stays that of the person before: of the
            one who waits, or who took back what is in it.

    Returns:
        What waits, or what was declined and has not changed since; None while another batch that was approved is not
        wholly sent, and where nothing is too much any more.
    """
    company.refresh_from_db(fields=["approval_above"])
    if unfinished(company) is not None:
        return None
    plan = plan_of(gather(company))
    if not asks_for(company, plan.counts()):
        return None
    decided = (PreviewState.WAITING, PreviewState.DECLINED)
    same = Preview.objects.filter(company=company, state__in=decided, fingerprint=plan.fingerprint)
    if (last := same.order_by("-state", "-pk").first()) is not None:  # what waits before what was declined
        return last
    prepare_for_plan(company)
    made = keep_plan(new_preview(company, by=by), compared(gather(company), by=by), state=PreviewState.SHOWN)
    with transaction.atomic():
        take_turns(company)
        waiting = Preview.objects.filter(company=company, state=PreviewState.WAITING).order_by("-pk").first()
        asked_by = by or (waiting.asked_by if waiting else _took_it_back(made))
        return ask(made, by=asked_by)


def _took_it_back(made: Preview) -> User | None:
    """Who asked for what is in a batch again, and declined it themselves; None where no other person may sign."""
    decided = Preview.objects.filter(company=made.company_id, decision__isnull=False)
    last = decided.select_related("asked_by", "decision").order_by("-pk").first()
    if last is None or last.asked_by is None or last.decision.approved:
        return None
    sent = PreviewedDocument.objects.exclude(mark="")
    again = sent.filter(preview=made, document__in=sent.filter(preview=last).values("document"))
    if last.decision.decided_by_id != last.asked_by_id or not again.exists():
        return None
    others = Membership.objects.filter(company=made.company_id, role__in=ROLES_THAT_SIGN, user__is_active=True)
    return last.asked_by if others.exclude(user=last.asked_by).exists() else None


def ask(preview: Preview, *, by: User | None) -> Preview:
    """Have a preview wait for a second person, in place of what waited before. The caller has the company's lock."""
    rows = Preview.objects.filter(company=preview.company_id, state=PreviewState.WAITING).exclude(pk=preview.pk)
    rows.update(state=PreviewState.OUTDATED, message=_REPLACED)
    preview.state, preview.asked_by, preview.asked_at = PreviewState.WAITING, by, timezone.now()
    preview.begun_at = None
    preview.save(update_fields=["state", "asked_by", "asked_at", "begun_at"])
    return preview


def nothing_waits(company: Company) -> None:
    """Note that what waited needs no approval any more, since a sync has sent it, or could have."""
    waiting = Preview.objects.filter(company=company, state=PreviewState.WAITING)
    waiting.update(state=PreviewState.OUTDATED, message=_NOT_ABOVE)


def waiting_batch(company: Company) -> Preview | None:
    """What waits for a second person; asked only of a company that wants that."""
    if company.approval_above is None:
        return None
    rows = Preview.objects.filter(company=company, state=PreviewState.WAITING).select_related("asked_by")
    return rows.order_by("-pk").first()


def told(company: Company, batch: Preview) -> Message:
    """Why nothing new was sent, and what to do about it."""
    facts = {"number": batch.number, "amount": money_text(batch.amount, company.home_currency)}
    if batch.state == PreviewState.DECLINED:
        decision = batch.decision
        return Message.of(WAS_DECLINED, ASK_AGAIN, name=_name(decision.decided_by), reason=decision.reason, **facts)
    above = money_text(company.approval_above or Decimal(0), company.home_currency)
    return Message.of(WAITS, LOOK_AT_IT, above=above, **facts)


def plain_batch(batch: Preview) -> Json:
    """As plain JSON; the amount is text, in the home currency."""
    return {
        "preview": batch.pk,
        "state": batch.state,
        "number": batch.number,
        "amount": str(batch.amount),
        "fingerprint": batch.fingerprint,
    }


# Deciding ------------------------------------------------------------------------------------------------------------


def approve(preview: Preview, *, fingerprint: str, by: User) -> BatchDecision:
    """Say that exactly this is sent.

    Args:
        preview: That waits.
        fingerprint: Of what was shown.
        by: Another person than the one who asked, with the right to sign; the caller has looked at that.

    Raises:
        NotDecided: It does not wait any more, it is another one, or they asked for it themselves.
    """
    return _decide(preview, by=by, fingerprint=fingerprint, approved=True)


def decline(preview: Preview, *, reason: str, by: User) -> BatchDecision:
    """Say that it is not sent; its documents stay, and are in the next plan. Who asked for it may take it back so.

    Raises:
        NotDecided: It does not wait any more, or there is no reason.
    """
    if not reason.strip():
        raise NotDecided(_NO_REASON)
    return _decide(preview, by=by, fingerprint=preview.fingerprint, approved=False, reason=reason.strip())


def _decide(preview: Preview, *, by: User, fingerprint: str, approved: bool, reason: str = "") -> BatchDecision:
    with transaction.atomic():
        take_turns(preview.company)
        row = Preview.objects.select_for_update(of=("self",)).get(pk=preview.pk)
        decision = BatchDecision.objects.filter(preview=row).select_related("decided_by").first()
        if decision is not None:
            raise NotDecided(Message.of(_DECIDED, name=_name(decision.decided_by)).worded())
        if row.state != PreviewState.WAITING:
            raise NotDecided(_NOT_WAITING)
        if row.fingerprint != fingerprint:
            raise NotDecided(_ANOTHER)
        if approved and row.asked_by_id == by.pk:
            raise NotDecided(_OWN)
        decision = BatchDecision(
            company=preview.company,
            preview=row,
            approved=approved,
            number=row.number,
            amount=row.amount,
            reason=reason,
            prepared_by=row.asked_by,
            decided_by=by,
        )
        decision._history_user = by  # type: ignore[attr-defined]  # as django-simple-history asks for it
        decision.save()
        row.state = PreviewState.SENDING if approved else PreviewState.DECLINED
        row.save(update_fields=["state"])
    preview.refresh_from_db()
    return decision


def _name(person: User | None) -> Message | str:
    return person.get_full_name() or person.get_username() if person else Message(sentence=_ANOTHER_PERSON)


def unfinished(company: Company) -> Preview | None:
    """What a second person approved and was not wholly sent: a process that died leaves it to the next sync."""
    if company.approval_above is None:
        return None
    rows = Preview.objects.filter(company=company, state=PreviewState.SENDING, decision__approved=True)
    return rows.select_related("decision__decided_by").order_by("pk").first()
