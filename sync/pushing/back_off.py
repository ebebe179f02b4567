"""QuickBooks asked to be left alone: until when is it?"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from books.translation import gettext_noop
from companies.models import Company
from sync.models import QUICKBOOKS_ONLINE, Connection

RESTING = gettext_noop(
    "QuickBooks asked to be left alone for a moment. Nothing was sent now; what is ready goes with the next sync."
)


#: No answer makes a company rest for longer.
LONGEST = timedelta(seconds=3600)


def rest(company: Company, seconds: int) -> None:
    """Send nothing to the company's QuickBooks for so many seconds, from any process."""
    if seconds > 0:
        until = timezone.now() + timedelta(seconds=seconds)
        Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).update(resting_until=until)


def rests(company: Company) -> bool:
    """Whether the company's QuickBooks is to be left alone now."""
    now = timezone.now()
    # Nobody asks for longer; such a moment was written by a clock that ran far ahead
    resting = Connection.objects.filter(
        company=company, system=QUICKBOOKS_ONLINE, resting_until__gt=now, resting_until__lte=now + LONGEST
    )
    return resting.exists()
