"""manage.py rotate_keys: rewrite every stored login under the first of TIEOUT_ENCRYPTION_KEYS."""

from __future__ import annotations

from django.core.management.base import CommandError

from sync.login_lease import LoginBusy, rotate_keys
from sync.management.counted import counted
from sync.management.guarded_command import CANNOT_RUN, GuardedCommand
from sync.secrets import SecretUnreadable


class Command(GuardedCommand):
    """Rewrite the stored logins under the newest key."""

    help = "Rewrite every stored login under the first key of TIEOUT_ENCRYPTION_KEYS, so that the older ones can go."

    def handle(self, **options: object) -> None:
        """Rewrite them, and say how many."""
        try:
            number = rotate_keys()
        except (SecretUnreadable, LoginBusy) as problem:
            raise CommandError(str(problem), returncode=CANNOT_RUN) from problem
        logins = counted(number, "login is", "logins are")
        self.stdout.write(f"{logins} now under the first key. The other keys can be taken out.")
