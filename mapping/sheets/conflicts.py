"""Who changed this line last, for a person whose sheet is older than that?"""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from companies.models import Company
from mapping.sheets.kinds import SheetLine


def who_changed(company: Company, line: SheetLine) -> str:
    """A sentence with the person, the moment and what is there now; empty where no history tells."""
    record = line.row.history.order_by("-history_id").select_related("history_user").first() if line.row.pk else None
    if record is None:
        return ""
    moment = timezone.localtime(record.history_date, company.zone)
    facts = {
        "who": record.history_user or _("System"),
        "when": date_format(moment, "SHORT_DATETIME_FORMAT"),
        "now": "; ".join(f"{column}: {line.cell(column) or '–'}" for column in line.decisions),
    }
    return _("%(who)s, %(when)s. It says now: %(now)s.") % facts
