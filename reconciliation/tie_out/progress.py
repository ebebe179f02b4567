"""Which of those that work at a tie-out has it in hand? The one that began it last; an earlier one breaks off."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from books.messages import Message
from books.translation import gettext_noop
from reconciliation.models import TieOut, TieOutState

#: A tie-out that its server has not survived so often is not begun again.
_MOST_ATTEMPTS = 5
_STOPPED = gettext_noop(
    "The tie-out broke off again and again when the server stopped. Its log may say why; then start a new one."
)
_ENDED = gettext_noop("%(name)s stopped it.")


class BrokenOff(Exception):
    """A person ended the tie-out, it was begun anew elsewhere, or the process is to end."""


@transaction.atomic
def claimed(tie_out: TieOut) -> bool:
    """Begin it, with nothing of an earlier beginning left; False where it has ended."""
    found = TieOut.objects.select_for_update().filter(pk=tie_out.pk, state=TieOutState.RUNNING).first()
    if found is None:
        tie_out.refresh_from_db()
        return False
    tie_out.attempt = found.attempt
    if found.attempt >= _MOST_ATTEMPTS:
        fail(tie_out, _STOPPED)
        return False
    tie_out.attempt, tie_out.worked_at = found.attempt + 1, timezone.now()
    tie_out.requests = tie_out.records = 0
    tie_out.save(update_fields=["attempt", "worked_at", "requests", "records"])
    tie_out.lines.all().delete()
    return True


def mine(tie_out: TieOut) -> QuerySet[TieOut]:
    """Its row, as long as it runs and was not begun anew."""
    return TieOut.objects.filter(pk=tie_out.pk, state=TieOutState.RUNNING, attempt=tie_out.attempt)


@transaction.atomic
def fail(tie_out: TieOut, why: str, *, state: TieOutState = TieOutState.FAILED) -> bool:
    """Say why it came to nothing.

    Args:
        tie_out: As it was begun.
        why: A sentence.
        state: `STOPPED` where a person ended it.

    Returns:
        False where it had ended or was begun anew, and is left as it is.
    """
    failed = mine(tie_out).update(state=state, message=why, finished_at=timezone.now(), records=0)
    tie_out.refresh_from_db()
    if failed:
        tie_out.lines.all().delete()
    return bool(failed)


@transaction.atomic
def end(tie_out: TieOut, *, by: User) -> bool:
    """End a tie-out at a person's word; whatever works at it breaks off with its next page.

    Returns:
        Whether it was still running.
    """
    tie_out.attempt = TieOut.objects.select_for_update().get(pk=tie_out.pk).attempt
    return fail(tie_out, Message.of(_ENDED, name=by.get_username()).worded(), state=TieOutState.STOPPED)
