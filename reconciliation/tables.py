"""What stands in the columns of each list?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2.data import TableListData

from mapping.models import Company
from reconciliation.actions import Action
from reconciliation.models import Issue
from reconciliation.paging import Sort
from reconciliation.runs import counted_words
from reconciliation.states import TONES
from reconciliation.templatetags.tieout import badge, moment, money, shown_actions
from reconciliation.wording import note_words, tell
from sync.models import Document, Run, StagedOrder

_RIGHT = {"th": {"class": "tie-right"}, "td": {"class": "tie-right"}}
_NOWRAP = {"td": {"class": "tie-nowrap"}}
_NAME = {"td": {"class": "tie-name"}}
_SENTENCE = {"td": {"class": "tie-sentence"}}

# Cells are put together here: a template for each of them would take most of the time of a page
_CHECKBOX = '<input type="checkbox" class="tie-checkbox" name="document" value="{}" form="resync" aria-label="{}">'


class PageData(TableListData):
    """Rows of one page, in the order in which the database gave them."""

    def order_by(self, aliases: Any) -> None:
        """The database has ordered them."""


class ScreenTable(tables.Table):
    """A table of one company's rows, sorted by the database, with links that sort it otherwise."""

    #: Columns that may be sorted by, and the model's field of each.
    sorts: Mapping[str, str] = {}
    default_sort = ""

    class Meta:
        template_name = "reconciliation/parts/table.html"
        attrs = {"class": "tie-table"}
        orderable = False

    def __init__(self, rows: Sequence[Any], *, company: Company, sort: Sort | None = None, **given: Any) -> None:
        """Show the rows of one page.

        Args:
            rows: As they shall stand.
            company: Whose rows.
            sort: How they are sorted, for the arrow in the heading.
            given: Anything else that django-tables2 takes.
        """
        self.company = company
        self.sort = sort
        super().__init__(PageData(list(rows)), **given)

    def link(self, name: str, *args: Any) -> str:
        """The address of a screen of this company."""
        return reverse(f"reconciliation:{name}", args=[self.company.slug, *args])

    @property
    def headings(self) -> list[dict[str, Any]]:
        """The heading of every column: its words, its sort, and where it leads."""
        return [self._heading(column) for column in self.columns]

    @property
    def body(self) -> Iterator[list[tuple[str, Any]]]:
        """The cells of every row, each with the attributes of its column."""
        attributes = [column.attrs["td"].as_html() for column in self.columns]
        for row in self.rows:
            yield [(attribute, cell) for attribute, (_column, cell) in zip(attributes, row.items(), strict=True)]

    def _heading(self, column: Any) -> dict[str, Any]:
        now = self.sort if self.sort and self.sort.name == column.name else None
        turned = f"-{column.name}" if now and not now.descending else column.name
        return {
            "column": column,
            "sort": turned if column.name in self.sorts else "",
            "aria": "" if now is None else "descending" if now.descending else "ascending",
        }


class DocumentTable(ScreenTable):
    """Documents, created and not created, and what has to be done about each (D64, D66)."""

    sorts = {"date": "dated", "customer": "customer_name", "total": "total"}
    default_sort = "-date"

    chosen = tables.Column(
        accessor="pk",
        verbose_name="",
        attrs={"th": {"class": "tie-narrow"}, "td": {"class": "tie-narrow"}},
    )
    kind = tables.Column(accessor="get_kind_display", verbose_name=gettext_lazy("Kind"), attrs=_NOWRAP)
    number = tables.Column(verbose_name=gettext_lazy("Number"), attrs=_NOWRAP, empty_values=())
    date = tables.DateColumn(accessor="dated", format="Y-m-d", verbose_name=gettext_lazy("Date"), attrs=_NOWRAP)
    customer = tables.Column(accessor="customer_name", verbose_name=gettext_lazy("Customer"), attrs=_NAME)
    total = tables.Column(verbose_name=gettext_lazy("Total"), attrs=_RIGHT)
    state = tables.Column(verbose_name=gettext_lazy("State"), attrs=_NOWRAP)
    action = tables.Column(verbose_name=gettext_lazy("Action"), attrs=_SENTENCE, empty_values=(), accessor="pk")
    quickbooks_id = tables.Column(verbose_name=gettext_lazy("QuickBooks id"), attrs=_RIGHT)

    class Meta(ScreenTable.Meta):
        pass

    def __init__(self, rows: Sequence[Document], *, actions: Mapping[int, Sequence[Action]], **given: Any) -> None:
        """Show documents with their actions, see `reconciliation.actions`."""
        self.actions = actions
        super().__init__(rows, **given)

    def render_chosen(self, record: Document) -> SafeString:
        words = _("Choose %(document)s") % {"document": record}
        return format_html(_CHECKBOX, record.pk, words)

    def render_number(self, record: Document) -> SafeString:
        address = f"{self.link('order', record.order_id)}#document-{record.pk}"
        return format_html('<a class="tie-link" href="{}">{}</a>', address, record.number or _("Open"))

    def render_total(self, record: Document) -> SafeString | str:
        return money(record.total, record.currency)

    def render_state(self, record: Document) -> SafeString:
        return badge(record.state, record.get_state_display())

    def render_action(self, record: Document) -> SafeString:
        return shown_actions(self.actions[record.pk])


class OrderTable(ScreenTable):
    """Orders as the source has them, and how far each has come."""

    sorts = {"date": "placed_on"}
    default_sort = "-date"

    number = tables.Column(verbose_name=gettext_lazy("Order"), attrs=_NOWRAP)
    date = tables.DateColumn(accessor="placed_on", format="Y-m-d", verbose_name=gettext_lazy("Date"), attrs=_NOWRAP)
    customer = tables.Column(accessor="customer_name", verbose_name=gettext_lazy("Customer"), attrs=_NAME)
    source = tables.Column(accessor="connection__name", verbose_name=gettext_lazy("Source"), attrs=_NAME)
    total = tables.Column(verbose_name=gettext_lazy("Total"), attrs=_RIGHT)
    documents = tables.Column(
        accessor="pk", verbose_name=gettext_lazy("In QuickBooks"), attrs=_SENTENCE, empty_values=()
    )

    def render_number(self, record: StagedOrder) -> SafeString:
        return format_html('<a class="tie-link" href="{}">{}</a>', self.link("order", record.pk), record.number)

    def render_total(self, record: StagedOrder) -> SafeString | str:
        return money(record.total, record.currency)

    class Meta(ScreenTable.Meta):
        pass

    def __init__(
        self, rows: Sequence[StagedOrder], *, documents: Mapping[int, Sequence[Document]], **given: Any
    ) -> None:
        """Show orders with their documents."""
        self.documents = documents
        super().__init__(rows, **given)

    def render_documents(self, record: StagedOrder) -> SafeString:
        documents = self.documents.get(record.pk, ())
        if not documents and not record.not_posted:
            return format_html('<span class="tie-quiet">{}</span>', _("Not prepared yet"))
        states = ((one.get_kind_display(), badge(one.state, one.get_state_display())) for one in documents)
        notes = ((note_words(note),) for note in record.not_posted)
        return format_html(
            "{}{}",
            format_html_join(" ", '<span class="tie-of-order">{} {}</span>', states),
            format_html_join("", '<div class="tie-quiet">{}</div>', notes),
        )


class IssueTable(ScreenTable):
    """Issues: one row per cause."""

    title = tables.Column(accessor="pk", verbose_name=gettext_lazy("What is wrong"), attrs=_SENTENCE)
    records = tables.Column(verbose_name=gettext_lazy("Records"), attrs=_RIGHT)
    money = tables.Column(verbose_name=gettext_lazy("Money"), attrs=_RIGHT)
    opened_at = tables.Column(verbose_name=gettext_lazy("First seen"), attrs=_NOWRAP)
    state = tables.Column(verbose_name=gettext_lazy("State"), attrs=_NOWRAP)
    action = tables.Column(accessor="pk", verbose_name=gettext_lazy("Action"), attrs=_SENTENCE)

    class Meta(ScreenTable.Meta):
        pass

    def render_title(self, record: Issue) -> SafeString:
        told = tell(record.code, record.facts)
        return format_html(
            '<a class="tie-link" href="{}">{}</a><div>{}</div>',
            self.link("issue", record.pk),
            told.title,
            told.explanation,
        )

    def render_records(self, value: int) -> SafeString:
        return format_html('<span class="tie-figures">{}</span>', value)

    def render_money(self, value: Any) -> SafeString | str:
        return money(value, self.company.home_currency)

    def render_opened_at(self, value: Any) -> SafeString | str:
        return moment(value, self.company)

    def render_state(self, record: Issue) -> SafeString:
        return badge(record.state, record.get_state_display())

    def render_action(self, record: Issue) -> str:
        return tell(record.code, record.facts).advice


class RunTable(ScreenTable):
    """What the last runs did."""

    started_at = tables.Column(verbose_name=gettext_lazy("Started"), attrs=_NOWRAP)
    kind = tables.Column(accessor="get_kind_display", verbose_name=gettext_lazy("What for"), attrs=_NOWRAP)
    state = tables.Column(verbose_name=gettext_lazy("State"), attrs=_NOWRAP)
    counts = tables.Column(verbose_name=gettext_lazy("Result"), attrs=_SENTENCE, empty_values=())
    asked_by = tables.Column(verbose_name=gettext_lazy("Asked by"), attrs=_NAME, default="—")

    class Meta(ScreenTable.Meta):
        pass

    def render_started_at(self, record: Run) -> SafeString:
        words = moment(record.started_at, self.company)
        return format_html('<a class="tie-link" href="{}">{}</a>', self.link("run", record.pk), words)

    def render_state(self, record: Run) -> SafeString:
        return badge(record.state, record.get_state_display(), TONES.get(record.state, ""))

    def render_counts(self, record: Run) -> str:
        return counted_words(record)
