"""May a company be worked for at all, and which steps lead there? Off until asked for, accepted and approved.

This is the one gate. What stages an order or makes a document asks `is_activated`; what sends one asks
`may_post`. The rehearsal twin of a company is as active as that company is.
Source: docs/decisions/0022-setup-and-rehearsal.md
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from companies import disclaimer
from companies.access import RIGHTS, Right
from companies.bulk_sql import KeptQuery
from companies.models import Activation, ActivationState, Company, DisclaimerAcceptance, Role, SetupMark, take_turns

INTRODUCTION = "introduction"
GO_LIVE = "go-live"


class Gate(StrEnum):
    """How far a company is on the way from off to active."""

    OFF = "off"
    PENDING = "pending"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    #: Approved, but the disclaimer has a new version that nobody of the company has accepted.
    OUTDATED = "outdated"
    ACTIVE = "active"

    @property
    def label(self) -> StrPromise:
        """In the words of the screens."""
        return _LABELS[self]


_LABELS: dict[Gate, StrPromise] = {
    Gate.OFF: _("Off"),
    Gate.PENDING: _("Waiting for approval"),
    Gate.DECLINED: _("Declined"),
    Gate.WITHDRAWN: _("Withdrawn"),
    Gate.OUTDATED: _("Disclaimer to accept"),
    Gate.ACTIVE: _("Active"),
}
_GATES = {
    ActivationState.REQUESTED: Gate.PENDING,
    ActivationState.DECLINED: Gate.DECLINED,
    ActivationState.WITHDRAWN: Gate.WITHDRAWN,
}


class NotAllowedNow(ValueError):
    """The step cannot be taken from where the company is; the message says what comes first."""


@dataclass(frozen=True, kw_only=True)
class ActivationStory:
    """Everything a screen says about a company's activation."""

    gate: Gate
    activation: Activation | None
    #: Of the version that counts now; None while nobody has accepted it.
    acceptance: DisclaimerAcceptance | None
    #: Of earlier versions too, the newest first.
    acceptances: Sequence[DisclaimerAcceptance]


# The gate ------------------------------------------------------------------------------------------------------------


def activated() -> Q:
    """Companies that were asked for, accepted in the disclaimer's present version, and approved."""
    whose = Coalesce(OuterRef("rehearsal_of_id"), OuterRef("pk"))
    approved = Activation.objects.filter(company_id=whose, state=ActivationState.APPROVED)
    accepted = DisclaimerAcceptance.objects.filter(company_id=whose, version=disclaimer.VERSION)
    return Q(Exists(approved)) & Q(Exists(accepted))


def is_activated(company: Company) -> bool:
    """Whether orders may be read for posting and documents be made."""
    return bool(_IS_ACTIVATED.rows(company.pk))


_IS_ACTIVATED = KeptQuery(lambda company: Company.objects.filter(activated(), pk=company).values_list("pk"))


def may_post(company: Company) -> bool:
    """Whether documents may leave: it is activated, has gone live, and nobody has switched it off; read afresh."""
    return bool(_MAY_POST.rows(company.pk))


_MAY_POST = KeptQuery(
    lambda company: Company.objects.filter(
        activated(), pk=company, switched_on=True, live_since__isnull=False
    ).values_list("pk")
)


def gate_of(company: Company) -> Gate:
    """How far the company is."""
    return story_of(company).gate


def story_of(company: Company) -> ActivationStory:
    """How far the company is, with who did what."""
    whose = company.rehearsal_of_id or company.pk
    activation = Activation.objects.filter(company=whose).select_related("requested_by", "decided_by").first()
    acceptances = list(DisclaimerAcceptance.objects.filter(company=whose).order_by("-accepted_at", "-pk"))
    acceptance = next((row for row in acceptances if row.version == disclaimer.VERSION), None)
    return ActivationStory(
        gate=_gate(activation, acceptance), activation=activation, acceptance=acceptance, acceptances=acceptances
    )


def _gate(activation: Activation | None, acceptance: DisclaimerAcceptance | None) -> Gate:
    if activation is None:
        return Gate.OFF
    if activation.state == ActivationState.APPROVED:
        return Gate.ACTIVE if acceptance else Gate.OUTDATED
    return _GATES[ActivationState(activation.state)]


# The steps through it ------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_disclaimer(company: Company, *, by: User, now: datetime | None = None) -> DisclaimerAcceptance:
    """Keep that a person has read and accepted the disclaimer as it is now. A second time changes nothing."""
    _own(company)
    take_turns(company)
    row, _created = DisclaimerAcceptance.objects.get_or_create(
        company=company,
        version=disclaimer.VERSION,
        defaults={
            "fingerprint": disclaimer.fingerprint(),
            "person": by,
            "person_name": by.get_full_name() or by.get_username(),
            "accepted_at": now or timezone.now(),
        },
    )
    return row


@transaction.atomic
def request_activation(company: Company, *, by: User, now: datetime | None = None) -> Activation:
    """Ask an administrator to approve.

    Raises:
        NotAllowedNow: The disclaimer has not been accepted, or the company is waiting or active already.
    """
    _own(company)
    take_turns(company)
    story = story_of(company)
    if story.acceptance is None:
        raise NotAllowedNow(_("Read and accept the disclaimer first."))
    if story.gate not in (Gate.OFF, Gate.DECLINED, Gate.WITHDRAWN):
        raise NotAllowedNow(_("It was requested already."))
    row = story.activation or Activation(company=company)
    row.state, row.requested_by, row.requested_at = ActivationState.REQUESTED, by, now or timezone.now()
    row.decided_by, row.decided_at, row.reason = None, None, ""
    _save(row, by)
    return row


@transaction.atomic
def approve(company: Company, *, by: User, now: datetime | None = None) -> Activation:
    """Let the company in.

    Raises:
        NotAllowedNow: Nobody has asked, the person asked themselves and another administrator can decide, or the
            disclaimer has changed since and nobody has accepted the new one.
    """
    row = _waiting(company)
    if others := others_who_decide(row, by):
        sentence = _("You asked for it yourself. Another administrator approves it: %(names)s.")
        raise NotAllowedNow(sentence % {"names": ", ".join(map(str, others))})
    return _approve(company, row, by, now)


def _approve(company: Company, row: Activation, by: User, now: datetime | None = None) -> Activation:
    if story_of(company).acceptance is None:
        raise NotAllowedNow(_("The disclaimer has a new version. A user of the company accepts it first."))
    return _decide(row, ActivationState.APPROVED, by, "", now)


@transaction.atomic
def decline(company: Company, *, by: User, reason: str, now: datetime | None = None) -> Activation:
    """Say no, with a reason; it can be asked for again.

    Raises:
        NotAllowedNow: Nobody has asked, or there is no reason.
    """
    return _decide(_waiting(company), ActivationState.DECLINED, by, _given(reason), now)


@transaction.atomic
def withdraw(company: Company, *, by: User, reason: str, now: datetime | None = None) -> Activation:
    """Take the approval back: nothing is read and posted any more, and what was posted stays.

    Raises:
        NotAllowedNow: It is not approved, or there is no reason.
    """
    take_turns(company)
    row = Activation.objects.filter(company=company, state=ActivationState.APPROVED).first()
    if row is None:
        raise NotAllowedNow(_("It is not approved."))
    return _decide(row, ActivationState.WITHDRAWN, by, _given(reason), now)


@transaction.atomic
def put_practice_to_work(company: Company, *, by: User) -> Company:
    """Take a free-standing rehearsal company through every step at once: request, disclaimer, approval, going live.

    Every step is recorded as a person's. For the demo and for tests, where nothing real can be posted to.

    Raises:
        ValueError: The company is not a rehearsal company.
    """
    if not company.is_rehearsal:
        raise ValueError(f"{company} is not a rehearsal company: its people request and approve it, and go live")
    if gate_of(company) is not Gate.ACTIVE:
        accept_disclaimer(company, by=by)
        request_activation(company, by=by)
        _approve(company, _waiting(company), by)
    mark(company, INTRODUCTION, by=by)
    mark_live(company, by=by)
    return company


def mark(company: Company, step: str, *, by: User, reason: str = "", now: datetime | None = None) -> SetupMark:
    """Keep a person's word about a step of setup."""
    return SetupMark.objects.create(
        company=company, step=step, reason=reason.strip(), person=by, marked_at=now or timezone.now()
    )


def mark_live(company: Company, *, by: User, now: datetime | None = None) -> None:
    """Switch posting on for the first time. Whether everything is set up, is asked before: `setup.going_live`."""
    moment = now or timezone.now()
    company.live_since, company.switched_on = company.live_since or moment, True
    _save(company, by)
    mark(company, GO_LIVE, by=by, now=moment)


# Who -----------------------------------------------------------------------------------------------------------------


def who_can(company: Company, right: Right) -> list[User]:
    """The people of the company who have a right, by name; where there are none, those who run the installation."""
    roles = [role for role in Role if right in RIGHTS[role]]
    whose = company.rehearsal_of_id or company.pk
    people: QuerySet[User] = get_user_model().objects.filter(is_active=True)
    members = list(people.filter(memberships__company=whose, memberships__role__in=roles).order_by("username"))
    return members or list(people.filter(is_superuser=True).order_by("username"))


def others_who_decide(activation: Activation | None, person: User) -> list[User]:
    """The administrators who decide in place of the person who asked, by name; none where nobody else can."""
    if activation is None or activation.requested_by_id != person.pk:
        return []
    return [other for other in who_can(activation.company, Right.ADMINISTER) if other.pk != person.pk]


def _own(company: Company) -> None:
    if company.rehearsal_of_id:
        raise NotAllowedNow(_("A test company follows its real company. Ask there."))


def _waiting(company: Company) -> Activation:
    take_turns(company)
    row = Activation.objects.filter(company=company, state=ActivationState.REQUESTED).first()
    if row is None:
        raise NotAllowedNow(_("Nothing waits for approval here."))
    return row


def _given(reason: str) -> str:
    if not reason.strip():
        raise NotAllowedNow(_("Write down the reason."))
    return reason.strip()


def _decide(row: Activation, state: ActivationState, by: User, reason: str, now: datetime | None) -> Activation:
    row.state, row.decided_by, row.decided_at, row.reason = state, by, now or timezone.now(), reason
    _save(row, by)
    return row


def _save(row: Activation | Company, by: User) -> None:
    row._history_user = by  # type: ignore[union-attr]
    row.save()


# The steps of setup, said where each screen is and judged by `setup.gate` --------------------------------------------

View = TypeVar("View", bound=Callable[..., Any])


class SetupStep(StrEnum):
    """The steps of setup, in their order."""

    CONNECT = "connect"
    LISTS = "lists"
    POSTING_ACCOUNTS = "posting-accounts"
    LINE_TYPES = "line-types"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    REHEARSAL = "rehearsal"
    GO_LIVE = GO_LIVE

    @property
    def label(self) -> StrPromise:
        """In the words of the screens."""
        return _STEP_LABELS[self]


_STEP_LABELS: dict[SetupStep, StrPromise] = {
    SetupStep.CONNECT: gettext_lazy("Connect QuickBooks"),
    SetupStep.LISTS: gettext_lazy("QuickBooks lists"),
    SetupStep.POSTING_ACCOUNTS: gettext_lazy("Posting accounts"),
    SetupStep.LINE_TYPES: gettext_lazy("Line types"),
    SetupStep.PRODUCTS: gettext_lazy("Products"),
    SetupStep.CUSTOMERS: gettext_lazy("Customers"),
    SetupStep.REHEARSAL: gettext_lazy("Test company"),
    SetupStep.GO_LIVE: gettext_lazy("Go live"),
}


def step_words(name: str) -> str:
    """A step as it is marked in the history, in the words of the screens."""
    if name == INTRODUCTION:
        return str(gettext_lazy("Introduction"))
    return str(SetupStep(name).label) if name in set(SetupStep) else name


def part_of(step: SetupStep) -> Callable[[View], View]:
    """Mark a view as part of a step: it opens when the steps before that one are done."""

    def mark(view: View) -> View:
        view.setup_step = step  # type: ignore[attr-defined]
        return view

    return mark


def step_of(view: Callable[..., object]) -> SetupStep | None:
    """The step that a view belongs to; None for one that is always open.

    An admin class names its step in `setup_step`, for all of its pages.
    """
    step: SetupStep | None = getattr(view, "setup_step", None)
    return step or getattr(getattr(view, "model_admin", None), "setup_step", None)
