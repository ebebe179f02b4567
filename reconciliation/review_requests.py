"""What does a company's card say of review requests, and what is in the columns of their list?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Company
from companies.source_names import SourceNames
from reconciliation.paging import Count as Bounded
from reconciliation.paging import bounded_count
from reconciliation.tables import Cell, ScreenTable, text_column
from reconciliation.templatetags.tieout import badge, moment
from sync.crm.writing import can_ask_for_reviews
from sync.models import (
    REVIEWS_TO_DECIDE,
    Connection,
    CrmUpdates,
    ReviewRequest,
    ReviewState,
    sources_of,
)


@dataclass(frozen=True, kw_only=True)
class ReviewSwitch:
    """Whether customers are asked for a review through one source, and what came of it."""

    source: Connection
    name: str
    #: With nothing saved while no switch of the source was ever turned on.
    updates: CrmUpdates
    sent: int
    #: Those that a person has to decide about.
    to_decide: int

    @property
    def is_on(self) -> bool:
        """Whether requests are sent."""
        return self.updates.asks_for_reviews


def review_switches(company: Company, sources: list[Connection] | None = None) -> list[ReviewSwitch]:
    """The switch of each source that can send review requests; two queries for any number of them.

    Args:
        company: Whose sources.
        sources: Those to tell, with their `live`; all of the company where it is left out.
    """
    if sources is None:
        sources = list(sources_of(company).select_related("live"))
    asking = [source for source in sources if can_ask_for_reviews(source)]
    if not asking:
        return []
    kept = {
        row.connection_id: row for row in CrmUpdates.objects.filter(connection__in=asking).select_related("reviews_by")
    }
    rows = ReviewRequest.objects.filter(connection__in=asking).order_by()
    counts: Counter[tuple[int, str]] = Counter()
    for connection, state, number in rows.values_list("connection", "state").annotate(number=Count("pk")):
        counts[connection, state] = number
    names = SourceNames(company)
    return [
        ReviewSwitch(
            source=source,
            name=names.called(source.system),
            updates=kept.get(source.pk) or CrmUpdates(company=company, connection=source, system=source.system),
            sent=counts[source.pk, ReviewState.SENT],
            to_decide=sum(counts[source.pk, state] for state in REVIEWS_TO_DECIDE),
        )
        for source in asking
    ]


def waiting_reviews(source: Connection) -> Bounded:
    """How many requests of a source a person has to decide about, counted up to a thousand."""
    rows = ReviewRequest.objects.filter(connection=source, state__in=REVIEWS_TO_DECIDE)
    return bounded_count(rows.order_by(), limit=1000)


class ReviewTable(ScreenTable):
    """Review requests of one source, and what became of each (C25)."""

    customer = text_column(gettext_lazy("Customer"), "tie-name")
    invoice = text_column(gettext_lazy("First invoice"), "whitespace-nowrap")
    paid = text_column(gettext_lazy("Paid on"), "whitespace-nowrap")
    state = text_column(gettext_lazy("State"), "whitespace-nowrap")
    cause = text_column(gettext_lazy("Cause"), "tie-sentence")
    action = text_column(gettext_lazy("Action"), "whitespace-nowrap")

    class Meta(ScreenTable.Meta):
        pass

    def cell_customer(self, record: ReviewRequest) -> Cell:
        return format_html('{}<div class="tie-fine">{}</div>', record.customer_name, record.email)

    def cell_invoice(self, record: ReviewRequest) -> Cell:
        return record.invoice_number or record.invoice_id

    def cell_paid(self, record: ReviewRequest) -> Cell:
        return date_format(record.paid_on, "SHORT_DATE_FORMAT") if record.paid_on else ""

    def cell_state(self, record: ReviewRequest) -> Cell:
        shown = badge(record.state, ReviewState(record.state).label)
        if record.sent_at is None:
            return shown
        return format_html('{}<div class="tie-fine">{}</div>', shown, moment(record.sent_at, self.company))

    def cell_cause(self, record: ReviewRequest) -> Cell:
        return cause_words(record) or " "

    def cell_action(self, record: ReviewRequest) -> Cell:
        address = self.link("source_review", record.connection.system, record.pk)
        words = _("Decide") if record.may_be_sent_again else _("View")
        return format_html('<a class="tie-link" href="{}">{}</a>', address, words)


def cause_words(request: ReviewRequest) -> str:
    """Why a request was not sent, in the reader's language; where the CRM said why, its words."""
    words = str(request.get_cause_display()) if request.cause else ""
    return " ".join(filter(None, (words, request.told)))
