"""What is in the columns of each list?

django-tables2 keeps the columns, their order and their attributes. The cell of column `total` is what `cell_total`
makes of a row: cells are put together here, since a template or an inspection for each of them would take most of
the time of a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import TextChoices, prefetch_related_objects
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2.data import TableListData

from books.documents import CreditApplication, NewCustomer
from companies.models import Company
from reconciliation.actions import Action
from reconciliation.models import Issue
from reconciliation.paging import Sort
from reconciliation.sync_history import counted_words
from reconciliation.templatetags.tieout import badge, moment, money, shown_actions
from reconciliation.wording import note_words, tell
from sync.models import Document, DocumentState, PendingChange, Run, StagedOrder
from sync.models.documents import forms, kinds

Cell = SafeString | str

#: In place of the number of a row in an address; no row has it.
_STAND_IN = 2**62

_CHECKBOX = '<input type="checkbox" name="document" value="{}" form="resync" aria-label="{}">'


def _escaped(text: Cell) -> str:
    """As `conditional_escape` does; hundreds of cells have been escaped already."""
    return text if type(text) is SafeString else conditional_escape(text)


def text_column(words: object, kind: str = "", *, heading: str = "") -> tables.Column:
    """A column with its heading; `kind` is a class of tables.css for its cells."""
    return tables.Column(
        verbose_name=words,
        attrs={"td": {"class": kind} if kind else {}, "th": {"class": heading} if heading else {}},
        orderable=False,
    )


def _figures(words: object) -> tables.Column:
    return text_column(words, "tie-right", heading="tie-right")


class ScreenTable(tables.Table):
    """A table of one company's rows, sorted by the database, with links that sort it otherwise."""

    #: Columns that may be sorted by, and the model's field of each.
    sorts: Mapping[str, str] = {}
    default_sort = ""

    class Meta:
        template_name = "reconciliation/parts/table.html"
        attrs = {"class": "tie-table"}

    def __init__(self, rows: Sequence[Any], *, company: Company, sort: Sort | None = None, **given: Any) -> None:
        """Show the rows of one page.

        Args:
            rows: As they will be shown.
            company: Whose rows.
            sort: How they are sorted, for the arrow in the heading.
            given: Anything else that django-tables2 takes, such as the columns to `exclude`.
        """
        self.company = company
        self.sort = sort
        self._shown = list(rows)
        self._days: dict[date, str] = {}
        self._badges: dict[tuple[Any, ...], SafeString] = {}
        self._addresses: dict[tuple[Any, ...], str] = {}
        super().__init__(TableListData(self._shown), **given)

    def link(self, name: str, *args: Any) -> str:
        """The address of a screen of this company about one row, whose number is the last argument.

        It is looked up once, and not for each row.
        """
        *before, number = args
        asked = (name, *before)
        if asked not in self._addresses:
            self._addresses[asked] = reverse(f"reconciliation:{name}", args=[self.company.slug, *before, _STAND_IN])
        return self._addresses[asked].replace(str(_STAND_IN), str(number))

    def day(self, on: date) -> str:
        """A day as the reader's language writes it; many rows bear the same one."""
        if on not in self._days:
            self._days[on] = date_format(on, "SHORT_DATE_FORMAT")
        return self._days[on]

    def badge(self, state: TextChoices) -> SafeString:
        """A state as a word on its color; many rows have the same one."""
        asked = (type(state), state.value)
        if asked not in self._badges:
            self._badges[asked] = badge(state.value, state.label)
        return self._badges[asked]

    @property
    def headings(self) -> list[dict[str, object]]:
        """The heading of every column: its words, its attributes, its sort, and where it leads."""
        return [self._heading(column) for column in self.columns]

    @property
    def body(self) -> SafeString:
        """Every row, each cell with the attributes of its column."""
        columns = [(self._opened(column), getattr(self, f"cell_{column.name}")) for column in self.columns]
        cells = (
            "".join([f"{opened}{_escaped(cell(record) or '—')}</td>" for opened, cell in columns])
            for record in self._shown
        )
        return mark_safe("".join(f"<tr>{row}</tr>\n" for row in cells))

    def _opened(self, column: Any) -> SafeString:
        """On a phone each row is a card, where the heading is beside the cell."""
        return format_html('<td {} data-label="{}">', column.attrs["td"].as_html(), column.header)

    def _heading(self, column: Any) -> dict[str, Any]:
        now = self.sort if self.sort and self.sort.name == column.name else None
        turned = f"-{column.name}" if now and not now.descending else column.name
        return {
            "words": column.header,
            "attributes": column.attrs["th"].as_html(),
            "sort": turned if column.name in self.sorts else "",
            "aria": "" if now is None else "descending" if now.descending else "ascending",
        }


class DocumentTable(ScreenTable):
    """Documents, created and not created, and what has to be done about each (D64, D66)."""

    sorts = {"date": "dated", "customer": "customer_name", "total": "total"}
    default_sort = "-date"

    chosen = text_column("", "tie-narrow", heading="tie-narrow")
    kind = text_column(gettext_lazy("Kind"), "whitespace-nowrap")
    number = text_column(gettext_lazy("Number"), "whitespace-nowrap")
    date = text_column(gettext_lazy("Date"), "whitespace-nowrap")
    customer = text_column(gettext_lazy("Customer"), "tie-name")
    total = _figures(gettext_lazy("Total"))
    state = text_column(gettext_lazy("State"), "whitespace-nowrap")
    action = text_column(gettext_lazy("Action"), "tie-sentence")
    quickbooks_id = _figures(gettext_lazy("QuickBooks id"))

    class Meta(ScreenTable.Meta):
        pass

    def __init__(self, rows: Sequence[Document], *, actions: Mapping[int, Sequence[Action]], **given: Any) -> None:
        """Show documents with their actions, see `reconciliation.actions`."""
        self.actions = actions
        self._kinds = {kind: str(words) for kind, words in kinds()}
        self._forms = {form: str(words) for form, words in forms()}
        self._choose = _("Choose %(document)s")
        prefetch_related_objects([row for row in rows if row.is_told_by_order], "order")
        super().__init__(rows, **given)

    def cell_chosen(self, record: Document) -> Cell:
        words = f"{self._kinds.get(record.kind, record.kind)} {record.label}"
        return format_html(_CHECKBOX, record.pk, self._choose % {"document": words})

    def cell_kind(self, record: Document) -> Cell:
        kind = self._kinds.get(record.kind, record.kind)
        if record.form in ("", record.kind):
            return kind
        return format_html('{}<div class="tie-fine">{}</div>', kind, self._forms.get(record.form, record.form))

    def cell_number(self, record: Document) -> Cell:
        address = f"{self.link('order', record.order_id)}#document-{record.pk}"
        is_name = record.kind == NewCustomer.kind and not record.number  # the next column has it
        return format_html('<a class="tie-link" href="{}">{}</a>', address, _("View") if is_name else record.label)

    def cell_date(self, record: Document) -> Cell:
        return self.day(record.dated)

    def cell_customer(self, record: Document) -> Cell:
        return record.customer_name

    def cell_total(self, record: Document) -> Cell:
        # A new customer and the use of a credit move nothing, which is no amount of zero
        return "" if record.kind in (NewCustomer.kind, CreditApplication.kind) else money(record.total, record.currency)

    def cell_state(self, record: Document) -> Cell:
        shown = self.badge(DocumentState(record.state))
        if not record.pending:
            return shown
        return format_html("{} {}", shown, self.badge(PendingChange(record.pending)))

    def cell_action(self, record: Document) -> Cell:
        return shown_actions(self.actions[record.pk]) or " "

    def cell_quickbooks_id(self, record: Document) -> Cell:
        return record.quickbooks_id


class OrderTable(ScreenTable):
    """Orders as the source has them, and how far each has come."""

    sorts = {"date": "placed_on"}
    default_sort = "-date"

    number = text_column(gettext_lazy("Order"), "whitespace-nowrap")
    date = text_column(gettext_lazy("Date"), "whitespace-nowrap")
    customer = text_column(gettext_lazy("Customer"), "tie-name")
    source = text_column(gettext_lazy("Source"), "tie-name")
    total = _figures(gettext_lazy("Total"))
    documents = text_column(gettext_lazy("In QuickBooks"), "tie-sentence")

    class Meta(ScreenTable.Meta):
        pass

    def __init__(
        self, rows: Sequence[StagedOrder], *, documents: Mapping[int, Sequence[Document]], **given: Any
    ) -> None:
        """Show orders with their documents."""
        self._of = documents
        self._kinds = {kind: str(words) for kind, words in kinds()}
        super().__init__(rows, **given)

    def cell_number(self, record: StagedOrder) -> Cell:
        return format_html('<a class="tie-link" href="{}">{}</a>', self.link("order", record.pk), record.number)

    def cell_date(self, record: StagedOrder) -> Cell:
        return self.day(record.placed_on)

    def cell_customer(self, record: StagedOrder) -> Cell:
        return record.customer_name

    def cell_source(self, record: StagedOrder) -> Cell:
        return _(record.connection.name)

    def cell_total(self, record: StagedOrder) -> Cell:
        return money(record.total, record.currency)

    def cell_documents(self, record: StagedOrder) -> Cell:
        documents = self._of.get(record.pk, ())
        if not documents and not record.not_posted:
            return format_html('<span class="tie-quiet">{}</span>', _("Not prepared yet"))
        states = ((self._kinds[document.kind], self.badge(DocumentState(document.state))) for document in documents)
        notes = ((note_words(note),) for note in record.not_posted)
        return format_html(
            "{}{}",
            format_html_join(" ", '<span class="tie-of-order">{} {}</span>', states),
            format_html_join("", '<div class="tie-quiet">{}</div>', notes),
        )


class IssueTable(ScreenTable):
    """Issues: one row per cause."""

    title = text_column(gettext_lazy("What is wrong"), "tie-sentence")
    records = _figures(gettext_lazy("Transactions"))
    money = _figures(gettext_lazy("Amount"))
    opened_at = text_column(gettext_lazy("First seen"), "whitespace-nowrap")
    state = text_column(gettext_lazy("State"), "whitespace-nowrap")
    action = text_column(gettext_lazy("Action"), "tie-sentence")

    class Meta(ScreenTable.Meta):
        pass

    def __init__(self, rows: Sequence[Issue], *, records: Mapping[str, str], **given: Any) -> None:
        """Show issues; `records` names the document and the customer of a cause that does not say them itself."""
        self._records = records
        super().__init__(rows, **given)

    def cell_title(self, record: Issue) -> Cell:
        told, address = tell(record.code, record.facts), self.link("issue", record.pk)
        shown = '<a class="tie-link" href="{}">{}</a>{}<div>{}</div>'
        name = self._records.get(record.cause)
        named = format_html(' <span class="tie-quiet">{}</span>', name) if name else ""
        return format_html(shown, address, told.title, named, told.explanation)

    def cell_records(self, record: Issue) -> Cell:
        return format_html('<span class="tie-figures">{}</span>', number_format(record.records, force_grouping=True))

    def cell_money(self, record: Issue) -> Cell:
        record.company = self.company
        return format_html_join(mark_safe("<br>"), "{}", ((money(*amount),) for amount in record.amounts))

    def cell_opened_at(self, record: Issue) -> Cell:
        return moment(record.opened_at, self.company)

    def cell_state(self, record: Issue) -> Cell:
        return badge(record.state, record.get_state_display())

    def cell_action(self, record: Issue) -> Cell:
        return tell(record.code, record.facts).cure


class RunTable(ScreenTable):
    """What the last runs did."""

    started_at = text_column(gettext_lazy("Started"), "whitespace-nowrap")
    kind = text_column(gettext_lazy("Type"), "whitespace-nowrap")
    state = text_column(gettext_lazy("State"), "whitespace-nowrap")
    counts = text_column(gettext_lazy("Result"), "tie-sentence")
    asked_by = text_column(gettext_lazy("Started by"), "tie-name")

    class Meta(ScreenTable.Meta):
        pass

    def cell_started_at(self, record: Run) -> Cell:
        words = moment(record.started_at, self.company)
        return format_html('<a class="tie-link" href="{}">{}</a>', self.link("sync_run", record.pk), words)

    def cell_kind(self, record: Run) -> Cell:
        return record.get_kind_display()

    def cell_state(self, record: Run) -> Cell:
        return badge(record.state, record.get_state_display())

    def cell_counts(self, record: Run) -> Cell:
        return counted_words(record)

    def cell_asked_by(self, record: Run) -> Cell:
        return str(record.asked_by or "")
