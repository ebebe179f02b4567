"""Which step of setting a company up comes next, what is done, and what is missing? Pure: facts in, steps out.

The order is fixed. A step opens when every one before it is complete; after going live everything is open.
Source: docs/howto/go-live.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrPromise

from companies.activation import SetupStep

#: So many orders and customers are counted one by one: setup asks whether there are any.
MOST_COUNTED = 10_000

#: Steps that a person may call done although something is open; what is open then blocks its documents, and no more.
CONFIRMABLE = (SetupStep.LINE_TYPES, SetupStep.PRODUCTS, SetupStep.CUSTOMERS)
#: Steps that a live company has behind it, whatever new orders bring: they are done, and what is open is a gap.
BEHIND = (*CONFIRMABLE, SetupStep.REHEARSAL)


class StepState(StrEnum):
    """How far a step is."""

    DONE = "done"
    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> StrPromise:
        """In the words of the screens."""
        return _STATES[self]


_STATES: dict[StepState, StrPromise] = {
    StepState.DONE: gettext_lazy("Done"),
    StepState.OPEN: gettext_lazy("Open"),
    StepState.CLOSED: gettext_lazy("Closed until the steps before it are done"),
}


@dataclass(frozen=True, kw_only=True)
class MissingSetting:
    """A posting account or line type that is not set, and how many documents wait for it."""

    name: str
    #: One of those without which a company cannot go live.
    needed: bool = False
    waiting: int = 0


@dataclass(frozen=True, kw_only=True)
class RehearsalFacts:
    """How the rehearsal of a company went."""

    #: A twin of an Online company, or a rehearsal file of a Desktop company.
    exists: bool = False
    #: Documents that moved money.
    posted: int = 0
    #: Blocked, refused, different or unclear.
    stuck: int = 0
    #: A person's reason to go on without it.
    waived: str = ""


@dataclass(frozen=True, kw_only=True)
class SetupFacts:
    """Everything that the steps are told from; counts are of this company alone."""

    desktop: bool = False
    is_rehearsal: bool = False
    live: bool = False
    introduced: bool = False
    activated: bool = False
    #: A state of `ConnectionState`; empty without a connection.
    connection: str = ""
    connected_to: str = ""
    lists_read: bool = False
    accounts: int = 0
    items: int = 0
    book_customers: int = 0
    missing_accounts: tuple[MissingSetting, ...] = ()
    #: Names of posting accounts that the lists do not have active, with the setting.
    unknown_accounts: tuple[str, ...] = ()
    line_types: int = 8
    missing_line_types: tuple[MissingSetting, ...] = ()
    orders: int = 0
    products: int = 0
    #: Products that no active item is found for.
    open_products: int = 0
    customers: int = 0
    #: Customers that a person has to decide about.
    open_customers: int = 0
    rehearsal: RehearsalFacts = field(default_factory=RehearsalFacts)
    #: Steps that a person has called done.
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step, as a screen shows it."""

    name: SetupStep
    state: StepState
    #: Sentences: what is done, what is missing.
    done: tuple[str, ...]
    missing: tuple[str, ...]
    #: A person may say "go on with this".
    confirmable: bool = False

    @property
    def is_done(self) -> bool:
        return self.state is StepState.DONE

    @property
    def has_gaps(self) -> bool:
        """Whether setup went on although something is not set, which blocks what needs it."""
        return self.is_done and bool(self.missing)

    @property
    def is_closed(self) -> bool:
        return self.state is StepState.CLOSED

    @property
    def is_open(self) -> bool:
        return self.state is StepState.OPEN


@dataclass(frozen=True, kw_only=True)
class _Told:
    complete: bool
    done: Sequence[str] = ()
    missing: Sequence[str] = ()
    confirmable: bool = False


def steps_of(facts: SetupFacts) -> tuple[Step, ...]:
    """The eight steps in their order.

    Before going live exactly one step is open, or none while the introduction or the activation is missing; those
    before it are done and those after it closed, whatever they hold already.
    """
    steps: list[Step] = []
    way = facts.live or (facts.introduced and facts.activated)
    for name in SetupStep:
        told = _TELL[name](facts)
        steps.append(
            Step(
                name=name,
                state=_state(told.complete or (facts.live and name in BEHIND), way),
                done=tuple(told.done),
                missing=tuple(told.missing),
                confirmable=told.confirmable and way and not facts.live,
            )
        )
        way = way and (told.complete or facts.live)
    return tuple(steps)


def open_step(steps: Sequence[Step]) -> Step | None:
    """The first step that is open; None when all are done or nothing may begin yet."""
    return next((step for step in steps if step.is_open), None)


def _state(complete: bool, way: bool) -> StepState:
    if not way:
        return StepState.CLOSED
    return StepState.DONE if complete else StepState.OPEN


# One function per step: is it complete, and in what words? -----------------------------------------------------------


def _connect(facts: SetupFacts) -> _Told:
    if facts.desktop:
        return _Told(complete=True, done=[_("Not needed: QuickBooks Desktop is reached by files.")])
    if facts.connection == "connected":
        return _Told(complete=True, done=[_("Connected to %(name)s.") % {"name": facts.connected_to}])
    if facts.connection == "connecting":
        return _Told(complete=False, missing=[_("The first reading of the lists has not ended.")])
    if facts.connection == "needs-attention":
        return _Told(complete=False, missing=[_("The login needs attention.")])
    return _Told(complete=False, missing=[_("This company is not connected to QuickBooks.")])


def _lists(facts: SetupFacts) -> _Told:
    if not facts.lists_read or not facts.accounts:
        how = (
            _("Export them in QuickBooks Desktop as an IIF file, and import that.")
            if facts.desktop
            else _("They are read as soon as QuickBooks is connected.")
        )
        return _Told(complete=False, missing=[_("The names of accounts, items and customers are not here yet."), how])
    counts = {"accounts": facts.accounts, "items": facts.items, "customers": _counted(facts.book_customers)}
    return _Told(
        complete=True,
        done=[_("%(accounts)d active accounts, %(items)d active items, %(customers)s active customers.") % counts],
    )


def _posting_accounts(facts: SetupFacts) -> _Told:
    missing = [
        ngettext(
            "%(name)s is not set: %(number)d document waits.",
            "%(name)s is not set: %(number)d documents wait.",
            missing_account.waiting,
        )
        % {"name": missing_account.name, "number": missing_account.waiting}
        for missing_account in facts.missing_accounts
        if missing_account.waiting
    ]
    needed, others = (
        ", ".join(
            missing_account.name
            for missing_account in facts.missing_accounts
            if not missing_account.waiting and missing_account.needed is which
        )
        for which in (True, False)
    )
    if needed:
        missing.append(_("Not set, and nothing can be posted without: %(names)s.") % {"names": needed})
    if others:
        missing.append(_("Not set, and what needs them is blocked until they are: %(names)s.") % {"names": others})
    missing += [
        _("%(name)s is not an active account in QuickBooks.") % {"name": unknown_account}
        for unknown_account in facts.unknown_accounts
    ]
    complete = not facts.unknown_accounts and not any(
        missing_account.needed for missing_account in facts.missing_accounts
    )
    number = 7 - len(facts.missing_accounts)
    done = [_("%(number)d of 7 are set.") % {"number": number}] if number else []
    return _Told(complete=complete, done=done, missing=missing)


def _line_types(facts: SetupFacts) -> _Told:
    total, number = facts.line_types, facts.line_types - len(facts.missing_line_types)
    done = [_("%(number)d of %(total)d are set.") % {"number": number, "total": total}] if number else []
    names = ", ".join(line_type.name for line_type in facts.missing_line_types)
    missing = [_("Not set: %(names)s. Lines of these types block their documents.") % {"names": names}] if names else []
    waiting = sum(line_type.waiting for line_type in facts.missing_line_types)
    if waiting:
        missing.append(
            ngettext("%(number)d document waits for one.", "%(number)d documents wait for one.", waiting)
            % {"number": waiting}
        )
    return _confirmed(facts, SetupStep.LINE_TYPES, done, missing)


def _counted(number: int) -> str:
    most = f"{number_format(MOST_COUNTED, force_grouping=True)}+"
    return most if number > MOST_COUNTED else number_format(number)


def _products(facts: SetupFacts) -> _Told:
    if not facts.orders and not facts.products:
        return _Told(
            complete=False,
            missing=[_("No order has been imported yet. Products appear with the orders that sell them.")],
        )
    done = [
        ngettext("%(number)s order imported,", "%(number)s orders imported,", facts.orders)
        % {"number": _counted(facts.orders)}
        + " "
        + _("%(found)d of %(total)d products found in QuickBooks.")
        % {"found": facts.products - facts.open_products, "total": facts.products}
    ]
    missing = []
    if facts.open_products:
        missing = [
            ngettext(
                "%(number)d product has no item in QuickBooks. Orders that sell it are blocked.",
                "%(number)d products have no item in QuickBooks. Orders that sell them are blocked.",
                facts.open_products,
            )
            % {"number": facts.open_products}
        ]
    return _confirmed(facts, SetupStep.PRODUCTS, done, missing)


def _customers(facts: SetupFacts) -> _Told:
    number, still = facts.customers, facts.open_customers
    words = ngettext("%(number)s customer has ordered.", "%(number)s customers have ordered.", number)
    done = [
        words % {"number": _counted(number)},
        _("Those that QuickBooks lacks are created with their first document."),
    ]
    missing = []
    if still:
        missing = [
            ngettext(
                "%(number)d customer needs a decision: no email, or more than one customer in QuickBooks fits.",
                "%(number)d customers need a decision: no email, or more than one customer in QuickBooks fits.",
                still,
            )
            % {"number": still}
        ]
    if not number:
        done = [_("Customers appear with the orders that they placed.")]
    return _confirmed(facts, SetupStep.CUSTOMERS, done, missing)


def _rehearsal(facts: SetupFacts) -> _Told:
    seen = facts.rehearsal
    if facts.is_rehearsal:
        return _Told(complete=True, done=[_("Not needed: this is a test company itself.")])
    if seen.waived:
        return _Told(complete=True, done=[_("Left out, because: %(reason)s") % {"reason": seen.waived}])
    if not seen.exists:
        how = (
            _("Export a test file, and import it into a copy of your company file.")
            if facts.desktop
            else _("Make a test company: a copy of this one that posts to a QuickBooks test company.")
        )
        return _Told(complete=False, missing=[_("Nothing has been tested yet."), how])
    if facts.desktop:
        return _Told(complete=True, done=[_("A test file was made and downloaded.")])
    posted = ngettext("%(number)d document posted there.", "%(number)d documents posted there.", seen.posted)
    done = [posted % {"number": seen.posted}] if seen.posted else []
    missing = [] if seen.posted else [_("The test company has posted nothing yet.")]
    if seen.stuck:
        stuck = ngettext("%(number)d document is stuck there.", "%(number)d documents are stuck there.", seen.stuck)
        missing.append(stuck % {"number": seen.stuck})
    return _Told(complete=not missing, done=done, missing=missing)


def _go_live(facts: SetupFacts) -> _Told:
    if facts.live:
        return _Told(complete=True, done=[_("This company is live.")])
    return _Told(complete=False, missing=[_("Nothing is posted before an administrator lets the company go live.")])


def _confirmed(facts: SetupFacts, name: SetupStep, done: list[str], missing: list[str]) -> _Told:
    """A step that is complete when nothing is open, or when a person says so."""
    said = name in facts.confirmed
    if said and missing:
        done = [*done, _("A person has decided to go on with what is open.")]
    return _Told(complete=not missing or said, done=done, missing=missing, confirmable=bool(missing) and not said)


_TELL: Mapping[SetupStep, Callable[[SetupFacts], _Told]] = {
    SetupStep.CONNECT: _connect,
    SetupStep.LISTS: _lists,
    SetupStep.POSTING_ACCOUNTS: _posting_accounts,
    SetupStep.LINE_TYPES: _line_types,
    SetupStep.PRODUCTS: _products,
    SetupStep.CUSTOMERS: _customers,
    SetupStep.REHEARSAL: _rehearsal,
    SetupStep.GO_LIVE: _go_live,
}
