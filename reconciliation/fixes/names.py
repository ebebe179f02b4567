"""QuickBooks has renamed it: one click says the new name everywhere."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.access import Right
from companies.models import Company
from mapping.company_lists import CompanyLists
from mapping.name_checks import check_account, check_item
from reconciliation.fixes.base import Fix
from reconciliation.models import Issue
from reconciliation.resolutions import CannotResolve, Slot, account_slots, fill, item_slots


class UseNewName(Fix):
    """Every mapping that says the old name says the new one from now on."""

    name = "use-new-name"
    right = Right.MAP
    title = gettext_lazy("Use the new name")
    save_label = gettext_lazy("Use the new name")

    @classmethod
    def slots(cls, company: Company, issue: Issue) -> list[Slot]:
        """Where the old name is."""
        if item := issue.facts.get("item"):
            return item_slots(company, str(item))
        return account_slots(company, str(issue.facts.get("account", "")))

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        new = str(issue.facts.get("renamed_to") or "")
        slots = cls.slots(company, issue) if new else []
        lists = CompanyLists(company)
        return bool(slots) and all(_serves(new, slot, lists) for slot in slots)

    @property
    def help(self) -> str:  # type: ignore[override]
        """What it changes."""
        slots = self.slots(self.company, self.issue)
        sentence = ngettext(
            "“%(new)s” takes the place of “%(old)s” in %(number)d place.",
            "“%(new)s” takes the place of “%(old)s” in %(number)d places.",
            len(slots),
        )
        old = self.fact("item") or self.fact("account")
        return sentence % {"new": self.fact("renamed_to"), "old": old, "number": len(slots)}

    def apply(self, *, by: User) -> str:
        new, slots = self.fact("renamed_to"), self.slots(self.company, self.issue)
        lists = CompanyLists(self.company)
        if not all(_serves(new, slot, lists) for slot in slots):
            raise CannotResolve(_("“%(name)s” is not its name any more. Nothing was saved.") % {"name": new})
        return fill(slots, new, by=by, why=self.why)


def _serves(name: str, slot: Slot, lists: CompanyLists) -> bool:
    """Whether the new name is right in this place, as QuickBooks is now."""
    finding = check_account(name, lists, slot.use) if slot.use else check_item(name, lists)
    return not finding.error and finding.text == name
