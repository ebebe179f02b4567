"""How does a person say which accounts documents debit and credit?"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from books.answers import PostingRole
from mapping.account_uses import POSTING, type_labels
from mapping.answering import RECEIVABLE_TYPES
from mapping.forms.base import OfferedName, PickedNameField, PicksNames
from mapping.models import PostingAccounts
from mapping.posting_settings import FIELDS, default_receivable

_NOTHING_POSTED = {
    PostingRole.INVOICE_DEBIT: gettext_noop("Until this is set, no invoice is posted."),
    PostingRole.PAYMENT_DEBIT: gettext_noop("Until this is set, no payment is posted."),
    PostingRole.PAYMENT_CREDIT: gettext_noop("Until this is set, no payment is posted."),
    PostingRole.CREDIT_DEBIT: gettext_noop("Until this is set, no credit is posted."),
    PostingRole.CREDIT_CREDIT: gettext_noop("Until this is set, no credit is posted."),
    PostingRole.REFUND_DEBIT: gettext_noop("Until this is set, no refund is posted."),
    PostingRole.REFUND_CREDIT: gettext_noop("Until this is set, no refund is posted."),
}


class PostingAccountsForm(PicksNames):
    """The seven posting accounts; each can be set, changed and cleared alone."""

    account_fields: ClassVar = {name: POSTING[role] for name, role in FIELDS.items()}

    class Meta:
        model = PostingAccounts
        fields = tuple(FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Validating writes what was sent into the instance, so what is stored is read before
        self._stored = {name: getattr(self.instance, name) for name in FIELDS}
        for name in self.picked_names:
            types = type_labels(POSTING[FIELDS[name]].types)
            accepted = _("Accepts accounts of type: %(types)s.") % {"types": types}
            self.fields[name].help_text = f"{self.fields[name].help_text} {accepted}"
        if not self.is_bound:
            self._preselect()

    def blocked(self) -> dict[str, str]:
        """What is not posted while a setting is missing: a sentence by field, for those that are not stored."""
        stored = self._stored
        return {name: _(_NOTHING_POSTED[role]) for name, role in FIELDS.items() if not stored.get(name)}

    def _preselect(self) -> None:
        """Show QuickBooks' own receivable account where only a receivable fits and nobody has decided yet."""
        default = default_receivable(self.company)
        receivable = [name for name, role in FIELDS.items() if POSTING[role].types == RECEIVABLE_TYPES]
        decided = _decided_once(self.instance, receivable)
        for name in receivable:
            field = self.fields[name]
            if not default or self.initial.get(name) or not isinstance(field, PickedNameField):
                continue
            if name in decided:  # cleared by a person: offered, not put back
                detail = self.lists.describe_account(default)
                field.widget.offers = (OfferedName(text=default, reason=_("QuickBooks' default"), detail=detail),)
            else:
                self.initial[name] = default
                field.look_at(default)
                field.widget.remark = _("Preselected, QuickBooks' default; it counts once you save.")


def _decided_once(row: PostingAccounts, names: list[str]) -> set[str]:
    """The fields that have ever had a value."""
    if row._state.adding:
        return set()
    past = PostingAccounts.history.filter(id=row.pk).values_list(*names).distinct()
    return {name for values in past for name, value in zip(names, values, strict=True) if value}
