"""How do the rooms above hear that a person decided something, without being known here?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.dispatch import Signal

from companies.models import Company

#: Sent with `company` and `by` (a person, or None) after decisions were saved: products, line types, posting
#: accounts, customers, or settings that documents depend on. Once per save, however many rows it touched.
decisions_changed = Signal()


def announce(company: Company, *, by: User | None) -> None:
    """Say that decisions changed, once they are committed, since receivers read them from the database.

    Two listen, and both work before the page is answered: `sync.receivers` prepares again what was not sent, up to a
    number that keeps no one waiting and the rest in the background, and `reconciliation.issues` gathers the issues.
    """
    transaction.on_commit(lambda: _send(company, by))


def _send(company: Company, by: User | None) -> None:
    decisions_changed.send(sender=Company, company=company, by=by)
