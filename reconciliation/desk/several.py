"""Many customers at once, by one reason: who would be linked to whom, and is each of them still as it was shown?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from companies.models import Company
from mapping.kept_suggestions import Offered, asked_of, kept_of
from mapping.models import DecidedOn, QuickBooksCustomer, SourceCustomer
from reconciliation.desk.queue import customers_of, waiting
from reconciliation.desk.settle import MatchAnswer, MatchOutcome, seen_of, settle
from reconciliation.models import Issue

#: So many customers who wait are looked at, those with the most money first.
LOOKED_AT = 2_000
#: So many rows are shown, and linked, at once.
AT_ONCE = 500
#: What is proposed at first: below it a person looks at each.
SCORE = 90


@dataclass(frozen=True, kw_only=True)
class By:
    """What the linked customers have in common."""

    #: As `mapping.matching.customer_candidates` words it; empty for none yet.
    reason: str = ""
    #: A second reason that has to be there too; empty for none.
    also: str = ""
    #: The least score.
    score: int = SCORE

    def fits(self, offer: Offered) -> bool:
        """Whether a candidate has the reasons, and the score."""
        wanted = {self.reason, self.also} - {""}
        return offer["score"] >= self.score and wanted <= set(offer["reasons"])

    @property
    def words(self) -> str:
        """The reasons and the score, as the history keeps them."""
        reasons = ", ".join(_(reason) for reason in (self.reason, self.also) if reason)
        return _("%(reasons)s, score %(score)d or more") % {"reasons": reasons, "score": self.score}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One row of the preview: a customer, and whom they would be linked to."""

    issue: Issue
    customer: SourceCustomer
    found: QuickBooksCustomer
    offers: Sequence[Offered]

    @property
    def score(self) -> int:
        """Of the candidate."""
        score: int = self.offers[0]["score"]
        return score

    @property
    def reasons(self) -> list[str]:
        """In the reader's language, the strongest first."""
        return [_(reason) for reason in self.offers[0]["reasons"]]

    @property
    def fingerprint(self) -> str:
        """The same for two looks that show the same of both sides."""
        told = (seen_of(self.customer), asked_of(self.customer), self.offers[0], self.found.display_name)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:20]


@dataclass(frozen=True, kw_only=True)
class Several:
    """What a reason and a score come to now."""

    pairs: Sequence[Pair] = ()
    #: How many more there are than are shown.
    more: int = 0
    #: Customers with two candidates that fit, who are left for a person to look at.
    undecided: int = 0
    #: Customers for whom no one has worked out yet who they could be.
    unknown: int = 0
    #: How many customers' likeliest candidate has each reason, the most frequent first.
    reasons: Mapping[str, int] = field(default_factory=dict)


def several(company: Company, by: By) -> Several:
    """Who would be linked by a reason and a score; a fixed number of queries for some hundred customers."""
    issues = list(waiting(company).order_by("-money", "-pk")[:LOOKED_AT])
    customers = customers_of(company, issues)
    kept = kept_of(company, list(customers.values()))
    books = _active(company, kept)
    pairs, undecided, reasons = [], 0, Counter[str]()
    for issue in issues:
        customer = customers.get(issue.pk)
        if customer is None or customer.pk not in kept:
            continue
        offers = [offer for offer in kept[customer.pk] if offer["id"] in books]
        reasons.update(offers[0]["reasons"] if offers else ())
        fitting = [offer for offer in offers if by.reason and by.fits(offer)]
        if len(fitting) > 1 or (fitting and fitting[0] is not offers[0]):
            undecided += 1
        elif fitting:
            found = books[fitting[0]["id"]]
            pairs.append(Pair(issue=issue, customer=customer, found=found, offers=offers))
    return Several(
        pairs=pairs[:AT_ONCE],
        more=max(0, len(pairs) - AT_ONCE),
        undecided=undecided,
        unknown=len(customers) - sum(customer.pk in kept for customer in customers.values()),
        reasons=dict(reasons.most_common()),
    )


def link_several(company: Company, by: By, shown: Mapping[int, str], *, person: User) -> MatchOutcome:
    """Link the customers of a preview, each as far as it is still as it was shown.

    Args:
        company: Theirs.
        by: As in the preview.
        shown: The fingerprint of each row that the person left in, by the customer's primary key.
        person: Who may resolve.
    """
    now = {pair.customer.pk: pair for pair in several(company, by).pairs}
    same = [now[pk] for pk, fingerprint in shown.items() if pk in now and now[pk].fingerprint == fingerprint]
    answers = [
        MatchAnswer(
            customer=pair.customer.pk,
            quickbooks_id=pair.found.quickbooks_id,
            quickbooks_name=pair.found.display_name,
            seen=seen_of(pair.customer),
            offered=pair.offers,
            issue=pair.issue.pk,
        )
        for pair in same
    ]
    settled = settle(company, answers, by=person, decided_on=DecidedOn.BULK, why=by.words)
    changed = shown.keys() - {pair.customer.pk for pair in same}
    names = {row.pk: str(row) for row in SourceCustomer.objects.filter(company=company, pk__in=changed)}
    return settled.also_refused({pk: names.get(pk, f"#{pk}") for pk in sorted(changed)})


def _active(company: Company, kept: Mapping[int, Sequence[Offered]]) -> dict[str, QuickBooksCustomer]:
    ids = sorted({offer["id"] for offers in kept.values() for offer in offers})
    found: dict[str, QuickBooksCustomer] = {}
    for start in range(0, len(ids), AT_ONCE):
        some: dict[str, Any] = {"quickbooks_id__in": ids[start : start + AT_ONCE], "active": True}
        found |= {row.quickbooks_id: row for row in QuickBooksCustomer.objects.filter(company=company, **some)}
    return found
