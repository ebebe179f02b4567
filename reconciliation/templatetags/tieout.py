"""How do amounts, moments and states look on every screen?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import date_format, get_format, number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from books.money import quantity_text, rounded
from books.notes import Note
from companies.models import Company
from companies.stored_texts import retold
from mapping.matching.item_candidates import ItemCandidate
from reconciliation.actions import Action
from reconciliation.chart import Bar, Chart, Day
from reconciliation.figures import figures
from reconciliation.states import TONES
from reconciliation.wording import note_words

register = template.Library()


@register.simple_tag
def money(amount: Decimal | None, currency: str) -> SafeString | str:
    """An amount with its currency, figures of equal width; a dash for none."""
    if amount is None:
        return "—"
    tone = " tie-money-below-zero" if rounded(amount, currency) < 0 else ""
    shown = figures(amount, currency)
    return format_html('<span class="tie-money{}">{}<span class="tie-currency">{}</span></span>', tone, shown, currency)


@register.simple_tag
def balance(amount: Decimal, currency: str) -> SafeString:
    """What an account moved by: a credit is below zero, as income is, and nothing is wrong with it."""
    shown = figures(amount, currency)
    return format_html('<span class="tie-money">{}<span class="tie-currency">{}</span></span>', shown, currency)


@register.filter(name="figures")
def plain_figures(amount: Decimal, currency: str) -> str:
    """An amount without its currency, inside a sentence."""
    return figures(amount, currency)


@register.filter(name="note_words")
def words_of_note(note: Note) -> str:
    """What a person should know of an order that is only asked about, in their language."""
    return note_words(note.plain())


@register.filter
def quantity(amount: Decimal) -> str:
    """A quantity without idle zeros."""
    exact = Decimal(quantity_text(amount).replace(",", ""))
    places = -int(exact.as_tuple().exponent)
    return number_format(exact, decimal_pos=places, use_l10n=True, force_grouping=True)


@register.simple_tag
def moment(at: datetime | None, company: Company, *, seconds: bool = False) -> SafeString | str:
    """A moment in the company's time zone, to the minute or the second; a dash for none."""
    if at is None:
        return "—"
    there = timezone.localtime(at, company.zone)
    to_the_second = date_format(there, get_format("SHORT_DATETIME_FORMAT").replace("i", "i:s"))
    return format_html(
        '<time class="tie-figures" datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        f"{to_the_second} {there:%Z}",
        to_the_second if seconds else date_format(there, "SHORT_DATETIME_FORMAT"),
    )


@register.simple_tag
def badge(state: str, words: object, tone: str | None = None) -> SafeString:
    """A state as a word on its color."""
    kind = TONES.get(state, "") if tone is None else tone
    return format_html('<span class="tie-badge{}">{}</span>', f" tie-tone-{kind}" if kind else "", words)


@register.simple_tag
def shown_actions(actions: Iterable[Action]) -> SafeString:
    """What has to be done about a document, each with the link to the page where it is done."""
    return format_html_join("", "<div>{}</div>", ((_shown(action),) for action in actions))


def _shown(action: Action) -> SafeString:
    if not action.title:
        return format_html('<span class="tie-quiet">{}</span>', action.words)
    if not action.link:
        return format_html("<strong>{}</strong>: {}", action.title, action.words)
    cure = format_html('<div class="tie-quiet">{}</div>', action.cure) if action.cure else ""
    return format_html('<a class="tie-link" href="{}">{}</a>: {}{}', action.link, action.title, action.words, cure)


@register.filter(name="retold")
def told_again(text: object) -> str:
    """A text that is kept in English, in the language of the reader; each of its lines by itself."""
    return "\n".join(map(retold, str(text or "").split("\n")))


@register.filter
def grouped(number: int) -> str:
    """A whole number with thousands separated."""
    return number_format(number, force_grouping=True)


@register.filter
def reasons_of(candidate: ItemCandidate) -> str:
    """What speaks for a candidate, in the reader's language."""
    return ", ".join(_(reason) for reason in candidate.reasons)


@register.simple_tag
def chart_bars(chart: Chart) -> SafeString:
    """The days of a chart as SVG: a box of what was posted, on it what waits, and of some the date below."""
    words = conditional_escape(_("%(posted)s posted, %(blocked)s waiting"))
    return mark_safe("".join(f"<g>{_bar(bar, chart, words)}</g>" for bar in chart.bars))


def _bar(bar: Bar, chart: Chart, words: str) -> str:
    """Numbers and dates alone: there is nothing in it to escape."""
    told = words % {"posted": bar.day.posted, "blocked": bar.day.blocked}
    drawn = f"<title>{date_format(bar.day.on, 'SHORT_DATE_FORMAT')}: {told}</title>"
    boxes = (
        ("tie-chart-posted", bar.posted_y, bar.posted_height),
        ("tie-chart-blocked", bar.blocked_y, bar.blocked_height),
    )
    for kind, top, height in boxes:
        if height:
            place = f'x="{bar.x}" y="{top}" width="{bar.width}" height="{height}"'
            drawn += f'<rect class="{kind}" {place} rx="1"></rect>'
    if bar.dated:
        text = f'<text class="tie-chart-text" x="{bar.middle}" y="{chart.height - 8}" text-anchor="middle">'
        drawn += f"{text}{date_format(bar.day.on, 'MONTH_DAY_FORMAT')}</text>"
    return drawn


@register.simple_tag
def chart_days(chart: Chart) -> SafeString:
    """The same days as rows of a table."""
    return mark_safe("".join(_day(bar.day) for bar in chart.bars))


def _day(day: Day) -> str:
    number = '<td class="tie-right tie-figures">{}</td>'
    figures = "".join(number.format(grouped(count)) for count in (day.posted, day.blocked))
    return f'<tr><td class="tie-figures">{date_format(day.on, "SHORT_DATE_FORMAT")}</td>{figures}</tr>'
