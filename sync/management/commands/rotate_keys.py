"""manage.py rotate_keys: rewrite every stored login under the first of TIEOUT_ENCRYPTION_KEYS."""

from __future__ import annotations

from django.core.management.base import CommandError

from books.translation import gettext_noop
from companies.stored_texts import retold
from sync.login_lease import LoginBusy, rotate_keys
from sync.management.guarded_command import CANNOT_RUN, GuardedCommand
from sync.management.words import at_work, counted
from sync.secrets import SecretUnreadable


class Command(GuardedCommand):
    """Rewrite the stored logins under the newest key."""

    help = gettext_noop(
        "Rewrite every stored login under the first key of TIEOUT_ENCRYPTION_KEYS, so that the older ones can go."
    )

    def handle(self, **options: object) -> None:
        """Rewrite them, and say how many."""
        try:
            with at_work():
                number = rotate_keys()
        except (SecretUnreadable, LoginBusy) as problem:
            raise CommandError(retold(str(problem)), returncode=CANNOT_RUN) from problem
        rewritten = counted(
            "%(n)s login is now under the first key. The other keys can be taken out.",
            "%(n)s logins are now under the first key. The other keys can be taken out.",
            number,
        )
        self.stdout.write(rewritten)
