"""What did a run come to, in words?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company
from companies.stored_texts import retold
from reconciliation.filters import LEFT_OUT, WAITING
from sync.models import Run, RunKind

#: The words of every count, in the order in which they are read.
_WORDS: dict[str, Callable[[int], str]] = {
    "new": lambda n: ngettext("%(n)d new order", "%(n)d new orders", n),
    "changed": lambda n: ngettext("%(n)d changed order", "%(n)d changed orders", n),
    "unchanged": lambda n: ngettext("%(n)d unchanged", "%(n)d unchanged", n),
    "older": lambda n: ngettext("%(n)d older than what is known", "%(n)d older than what is known", n),
    "left_out": lambda n: ngettext(
        "%(n)d not posted because of its status", "%(n)d not posted because of their status", n
    ),
    "undecided": lambda n: ngettext(
        "%(n)d with a status that is not decided", "%(n)d with a status that is not decided", n
    ),
    "prepared_orders": lambda n: ngettext("%(n)d order prepared", "%(n)d orders prepared", n),
    "nothing_to_post": lambda n: ngettext("%(n)d with nothing to post", "%(n)d with nothing to post", n),
    "not_due": lambda n: ngettext("%(n)d not paid, packed or shipped yet", "%(n)d not paid, packed or shipped yet", n),
    "posted": lambda n: ngettext("%(n)d posted", "%(n)d posted", n),
    "new_customers": lambda n: ngettext("%(n)d customer created", "%(n)d customers created", n),
    "addresses": lambda n: ngettext("%(n)d customer address updated", "%(n)d customer addresses updated", n),
    "adopted": lambda n: ngettext("%(n)d found in QuickBooks", "%(n)d found in QuickBooks", n),
    "updated": lambda n: ngettext("%(n)d updated", "%(n)d updated", n),
    "voided": lambda n: ngettext("%(n)d voided", "%(n)d voided", n),
    "undone": lambda n: ngettext("%(n)d undone", "%(n)d undone", n),
    "left": lambda n: ngettext("%(n)d not undone", "%(n)d not undone", n),
    "before": lambda n: ngettext("%(n)d posted before", "%(n)d posted before", n),
    "held": lambda n: ngettext("%(n)d change held", "%(n)d changes held", n),
    "blocked": lambda n: ngettext("%(n)d blocked", "%(n)d blocked", n),
    "refused": lambda n: ngettext("%(n)d rejected", "%(n)d rejected", n),
    "differs": lambda n: ngettext("%(n)d different in QuickBooks", "%(n)d different in QuickBooks", n),
    "unknown": lambda n: ngettext("%(n)d without a clear answer", "%(n)d without a clear answer", n),
    "customers_unclear": lambda n: ngettext(
        "%(n)d new customer without a clear answer", "%(n)d new customers without a clear answer", n
    ),
    "ready": lambda n: ngettext("%(n)d ready", "%(n)d ready", n),
    "exported": lambda n: ngettext("%(n)d exported", "%(n)d exported", n),
    "waiting": lambda n: ngettext("%(n)d waiting", "%(n)d waiting", n),
    "later": lambda n: ngettext("%(n)d put off by QuickBooks", "%(n)d put off by QuickBooks", n),
    "accounts": lambda n: ngettext("%(n)d account", "%(n)d accounts", n),
    "items": lambda n: ngettext("%(n)d item", "%(n)d items", n),
    "customers": lambda n: ngettext("%(n)d customer", "%(n)d customers", n),
    "terms": lambda n: ngettext("%(n)d payment term", "%(n)d payment terms", n),
    "items_created": lambda n: ngettext("%(n)d item created", "%(n)d items created", n),
    "items_not_created": lambda n: ngettext("%(n)d item not created", "%(n)d items not created", n),
    "contacts_created": lambda n: ngettext("%(n)d contact created", "%(n)d contacts created", n),
    "contacts_there": lambda n: ngettext("%(n)d contact there already", "%(n)d contacts there already", n),
    "contacts_stuck": lambda n: ngettext("%(n)d contact needs attention", "%(n)d contacts need attention", n),
    "contacts_unclear": lambda n: ngettext(
        "%(n)d contact without a clear answer", "%(n)d contacts without a clear answer", n
    ),
    "reviews_sent": lambda n: ngettext("%(n)d review request sent", "%(n)d review requests sent", n),
    "reviews_not_sent": lambda n: ngettext("%(n)d review request not sent", "%(n)d review requests not sent", n),
    "reviews_failed": lambda n: ngettext("%(n)d review request rejected", "%(n)d review requests rejected", n),
    "reviews_unclear": lambda n: ngettext(
        "%(n)d review request without a clear answer", "%(n)d review requests without a clear answer", n
    ),
    "errors": lambda n: ngettext("%(n)d error", "%(n)d errors", n),
}

#: What the same counts mean where a file of items was read.
_OF_ITEMS: dict[str, Callable[[int], str]] = {
    "new": lambda n: ngettext("%(n)d new item", "%(n)d new items", n),
    "changed": lambda n: ngettext("%(n)d changed item", "%(n)d changed items", n),
    "errors": lambda n: ngettext("%(n)d row rejected", "%(n)d rows rejected", n),
}
#: What the same counts mean where lists were read.
_OF_LISTS: dict[str, Callable[[int], str]] = {
    "new": lambda n: ngettext("%(n)d new", "%(n)d new", n),
    "changed": lambda n: ngettext("%(n)d changed", "%(n)d changed", n),
    "gone": lambda n: ngettext("%(n)d gone", "%(n)d gone", n),
    "drifted": lambda n: ngettext("%(n)d document changed there", "%(n)d documents changed there", n),
}


#: What the same counts mean where a source was asked over the internet.
_OF_A_SOURCE: dict[str, Callable[[int], str]] = {
    "deleted": lambda n: ngettext("%(n)d order deleted there", "%(n)d orders deleted there", n),
    "too_old": lambda n: ngettext("%(n)d order before the first day", "%(n)d orders before the first day", n),
}


_OTHERWISE: dict[str, dict[str, Callable[[int], str]]] = {
    RunKind.REFRESH.value: _OF_LISTS,
    RunKind.CATALOGUE.value: _OF_ITEMS,
    RunKind.FETCH.value: _OF_A_SOURCE,
}


def count_of(run: Run, name: str) -> int:
    """One count of a run; zero where it has none."""
    value = run.counts.get(name, 0)
    return value if isinstance(value, int) else 0


def counted_words(run: Run) -> str:
    """The counts of a run as one line; its message where nothing was counted."""
    return " · ".join(words for _name, words in _counted(run)) or retold(run.message) or _("Nothing to do")


def _counted(run: Run) -> list[tuple[str, str]]:
    """Every count that is not zero, by its name, in words."""
    words = _WORDS | _OTHERWISE.get(run.kind, {})
    numbers = ((name, count_of(run, name)) for name in words)
    return [(name, words[name](number) % {"n": number}) for name, number in numbers if number]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a Re-sync is: orders done of all that it was asked for."""

    done: int
    total: int
    words: str

    @classmethod
    def of(cls, run: Run) -> Progress:
        """Read it from the counts of a run."""
        done, total = count_of(run, "done"), count_of(run, "total")
        sentence = _("%(done)d of %(total)d orders done")
        if run.kind == RunKind.ITEMS:
            sentence = _("%(done)d of %(total)d items done")
        words = sentence % {"done": done, "total": total}
        return cls(done=done, total=total, words=words)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One count of a finished run, and where to see what it counts."""

    words: str
    link: str = ""
    #: As of a badge.
    tone: str = ""


_TONES = {
    **dict.fromkeys(
        ("posted", "new_customers", "addresses", "adopted", "updated", "voided", "undone", "items_created"), "good"
    ),
    **dict.fromkeys(("contacts_created", "reviews_sent"), "good"),
    **dict.fromkeys(
        (
            "blocked",
            "held",
            "drifted",
            "left_out",
            "undecided",
            "customers_unclear",
            "contacts_unclear",
            "reviews_unclear",
        ),
        "wait",
    ),
    **dict.fromkeys(("refused", "differs", "errors", "items_not_created", "contacts_stuck", "reviews_failed"), "bad"),
}
#: What a run does; where all of it is zero, there was nothing to do.
_DEEDS = (
    "new",
    "changed",
    "prepared_orders",
    "posted",
    "new_customers",
    "addresses",
    "adopted",
    "updated",
    "voided",
    "refused",
    "unknown",
)
#: What is left to be done; while any of it is, nobody may say that there was nothing.
_LEFT = ("ready", "waiting", "later")


def did_nothing(run: Run) -> bool:
    """Whether a Re-sync found nothing to post, update or void, which is an answer too."""
    return run.kind == RunKind.RESYNC and not any(count_of(run, name) for name in (*_DEEDS, *_LEFT))


#: What of a CRM a person has to look at; the cards of the sources lead there.
_OF_CRMS = ("contacts_stuck", "contacts_unclear", "reviews_failed", "reviews_unclear")
_STATES_TO_SEE = ("blocked", "refused", "differs", "unknown", "held")


def result_of(company: Company, run: Run) -> list[Result]:
    """What a run came to, each figure with a link to the documents behind it where a person has to look."""
    documents = reverse("reconciliation:documents", args=[company.slug])
    orders = reverse("reconciliation:orders", args=[company.slug])
    links = {name: f"{documents}?state={name}" for name in _STATES_TO_SEE} | {
        "left_out": f"{orders}?status={LEFT_OUT}&run={run.pk}",
        "drifted": f"{documents}?state=held",
        "not_due": f"{orders}?status={WAITING}",
        "undecided": f"{orders}?status=unknown&run={run.pk}",
        **dict.fromkeys(_OF_CRMS, reverse("reconciliation:integrations", args=[company.slug])),
    }
    return [
        Result(
            words=words,
            link=links.get(name, ""),
            tone=_TONES.get(name, ""),
        )
        for name, words in _counted(run)
    ]


def errors_of(run: Run) -> list[dict[str, object]]:
    """The errors of a run with their places; one that is only a sentence has no more than that."""
    return [
        {name: retold(value) if isinstance(value, str) and name in _OF_OURS else value for name, value in error.items()}
        if isinstance(error, dict)
        else {"what": retold(str(error))}
        for error in run.errors
    ]


#: What of an error is a text of ours; the rest is what the file or the source says.
_OF_OURS = ("where", "what", "cure")
