"""What is in the columns of a source's own lists: what it sells, and who buys?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.answers import Rule
from books.problems import Unmatched
from companies.stored_texts import retold
from mapping.customer_states import CustomerFound
from mapping.models import Product, SourceCustomer
from mapping.product_states import MappingState
from reconciliation.models import Issue
from reconciliation.states import TONES
from reconciliation.tables import Cell, ScreenTable, text_column
from reconciliation.templatetags.tieout import moment
from reconciliation.wording import tell
from sync.models import CrmContact, CrmContactState

_BADGE = '<span class="tie-badge tie-tone-{}">{}</span>'
#: Of a product that is found, nothing has to be done.
_DONE = ("good", "note")


class ProductTable(ScreenTable):
    """Products of one source, and what has to be done about each (D66)."""

    product = text_column(gettext_lazy("Product"), "tie-name")
    sku = text_column(gettext_lazy("SKU"), "whitespace-nowrap")
    item = text_column(gettext_lazy("QuickBooks Product Name"), "tie-name")
    state = text_column(gettext_lazy("State"), "whitespace-nowrap")
    action = text_column(gettext_lazy("Action"), "tie-sentence")

    class Meta(ScreenTable.Meta):
        pass

    def __init__(
        self,
        rows: Sequence[Product],
        *,
        states: Mapping[int, MappingState],
        reasons: Mapping[int, Unmatched],
        **given: Any,
    ) -> None:
        """Show products.

        Args:
            rows: Of one page.
            states: Of each, see `mapping.product_states`.
            reasons: Why those that are left to match are not matched, see `mapping.unmatched`.
            given: As for any table.
        """
        self._states, self._reasons = states, reasons
        super().__init__(rows, **given)

    def cell_product(self, record: Product) -> Cell:
        return format_html('<a class="tie-link" href="{}">{}</a>', _product(record), record.name)

    def cell_sku(self, record: Product) -> Cell:
        return record.sku

    def cell_item(self, record: Product) -> Cell:
        found = self._states[record.pk].item
        if not found or record.quickbooks_product_name:
            return record.quickbooks_product_name
        return format_html('<span class="tie-quiet">{}</span>', found)

    def cell_state(self, record: Product) -> Cell:
        state = self._states[record.pk]
        if reason := self._reason(record):
            return format_html(_BADGE, "wait", _(reason.label))
        return format_html(_BADGE, state.tone, state.words)

    def cell_action(self, record: Product) -> Cell:
        state = self._states[record.pk]
        if state.tone in _DONE:
            return " "
        if reason := self._reason(record):
            address = f"{reverse('reconciliation:match_items', args=[self.company.slug])}?product={record.pk}"
            return format_html(
                '<a class="tie-link" href="{}">{}</a><div class="tie-quiet">{}</div>',
                address,
                _("Match it"),
                _(reason.cure),
            )
        sentence = format_html('<div class="tie-quiet">{}</div>', state.story[0]) if state.story else ""
        return format_html('<a class="tie-link" href="{}">{}</a>{}', _product(record), _("Map it"), sentence)

    def _reason(self, record: Product) -> Unmatched | None:
        return None if self._states[record.pk].tone in _DONE else self._reasons.get(record.pk)


class SourceCustomerTable(ScreenTable):
    """Customers of one source, and what has to be done about each (D38, D66)."""

    customer = text_column(gettext_lazy("Customer"), "tie-name")
    email = text_column(gettext_lazy("Billing email"), "tie-mail")
    linked = text_column(gettext_lazy("QuickBooks customer"), "tie-name")
    action = text_column(gettext_lazy("Action"), "tie-sentence")

    class Meta(ScreenTable.Meta):
        pass

    def __init__(
        self,
        rows: Sequence[SourceCustomer],
        *,
        issues: Mapping[str, Issue],
        found: Mapping[int, CustomerFound],
        **given: Any,
    ) -> None:
        """Show customers.

        Args:
            rows: Of one page.
            issues: The open issues about them, by their keys in the source.
            found: Who they are in QuickBooks, see `mapping.customer_states`.
            given: As for any table.
        """
        self._issues, self._found = issues, found
        super().__init__(rows, **given)

    def cell_customer(self, record: SourceCustomer) -> Cell:
        address = reverse("admin:mapping_sourcecustomer_change", args=[record.pk])
        return format_html('<a class="tie-link" href="{}">{}</a>', address, str(record))

    def cell_email(self, record: SourceCustomer) -> Cell:
        return record.billing_email

    def cell_linked(self, record: SourceCustomer) -> Cell:
        if record.source_key in self._issues:
            return record.quickbooks_customer.display_name if record.quickbooks_customer else "—"
        if found := self._found.get(record.pk):
            how = _("Linked") if found.rule is Rule.LINK else capfirst(_(found.rule.sentence))
            return format_html('{}<div class="tie-quiet">{}</div>', found.name, how)
        return format_html('<span class="tie-quiet">{}</span>', _("By the customer rules"))

    def cell_action(self, record: SourceCustomer) -> Cell:
        issue = self._issues.get(record.source_key)
        if issue is None:
            return " "
        told = tell(issue.code, issue.facts)
        return format_html(
            '<a class="tie-link" href="{}">{}</a>: {}<div class="tie-quiet">{}</div>',
            self.link("issue", issue.pk),
            told.title,
            told.explanation,
            told.cure,
        )


class CrmContactTable(ScreenTable):
    """Customers that were created in QuickBooks, and what became of each in the CRM."""

    customer = text_column(gettext_lazy("Customer"), "tie-name")
    email = text_column(gettext_lazy("Email"), "tie-mail")
    created = text_column(gettext_lazy("Created in QuickBooks"), "whitespace-nowrap")
    state = text_column(gettext_lazy("State"), "whitespace-nowrap")
    reason = text_column(gettext_lazy("What to do"), "tie-sentence")

    class Meta(ScreenTable.Meta):
        pass

    def __init__(self, rows: Sequence[CrmContact], *, again: str, **given: Any) -> None:
        """Show contacts.

        Args:
            rows: Of one page.
            again: The address that tries one of them again; empty for a person who may not.
            given: As for any table.
        """
        self._again = again
        super().__init__(rows, **given)

    def cell_customer(self, record: CrmContact) -> Cell:
        return record.name

    def cell_email(self, record: CrmContact) -> Cell:
        return record.email or record.phone

    def cell_created(self, record: CrmContact) -> Cell:
        return str(moment(record.created_in_quickbooks, self.company))

    def cell_state(self, record: CrmContact) -> Cell:
        return format_html(_BADGE, TONES[record.state], record.get_state_display())

    def cell_reason(self, record: CrmContact) -> Cell:
        told = format_html_join("", "<div>{}</div>", ((retold(text),) for text in (record.reason, record.cure) if text))
        if record.state != CrmContactState.ATTENTION or not self._again:
            return told
        press = '{}<button class="tie-button tie-button-small" form="again" name="contact" value="{}">{}</button>'
        return format_html(press, told, record.pk, _("Try again"))


def _product(record: Product) -> str:
    return reverse("admin:mapping_product_change", args=[record.pk])
