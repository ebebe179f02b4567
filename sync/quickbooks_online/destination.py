"""What becomes of a document at QuickBooks Online? Send it, or look whether it is there: always one of the outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from books.documents import Document
from books.outcomes import Accepted, Exchange, Outcome, Refused, TryLater, Unknown
from books.posted_document import Holding
from books.translation import gettext_noop
from sync.models import Connection, Operation
from sync.pushing.destination import Alike, Alteration, Found, Lost, NotThere, ReadBack, Sending
from sync.quickbooks_online import changes, list_parsers, wire
from sync.quickbooks_online.addresses import addresses_of, has_limits
from sync.quickbooks_online.batch import SentToQuickBooks, find_many, render_batch
from sync.quickbooks_online.changed_objects import Changes, read_changes
from sync.quickbooks_online.customer_addresses import OnlineAddressBook
from sync.quickbooks_online.faults import UNREADABLE, InTheWay, faults_of, verdict_on
from sync.quickbooks_online.gateway import BATCH, Answer, Gateway
from sync.quickbooks_online.limits import UNLIMITED, counter_of, window_of
from sync.quickbooks_online.login import ConnectionLogin
from sync.quickbooks_online.look_up import Search, Sought, adopted, sought_of
from sync.quickbooks_online.pacing import PERSON, SYNC
from sync.quickbooks_online.session import TIMEOUTS, ApiSession, Reply, Timeouts
from sync.quickbooks_online.trial_balance import TRIAL_BALANCE, TrialBalance, asked_for, read_trial_balance

_LOOK_UP_REFUSED = gettext_noop("QuickBooks rejected the look-up, so no one knows whether the document is there.")
_NOT_SHOWN = gettext_noop("QuickBooks does not show the company to this login. Nothing was sent.")
_TOO_MANY = gettext_noop("Too many documents in QuickBooks fit to find out whether this one is among them.")
_READ_AGAIN = gettext_noop("Someone else changed it in QuickBooks in the meantime, so it is read again first.")
_MOST_PAGES = 20
_STALE, _GONE = "5010", "610"

Failure = TypeVar("Failure", bound=Refused | TryLater | Unknown)

#: What a question comes back as: its rows with the evidence, or why there are none.
Rows = tuple[list[dict[str, Any]], Exchange]


def open_gateway(
    connection: Connection, *, limited: bool | None = None, timeouts: Timeouts = TIMEOUTS, for_person: bool = False
) -> Gateway:
    """Open the way to a connection's company. Nothing is sent yet.

    Args:
        connection: Of QuickBooks Online.
        limited: Keep to Intuit's limits; by default everywhere but at a rehearsal company of ours that has none.
        timeouts: Seconds.
        for_person: A person waits for the answers: requests go before those of a sync.

    Raises:
        AddressRefused: The settings name no address that this company may be reached at.
    """
    return _gateway(connection, ConnectionLogin(connection), limited=limited, timeouts=timeouts, for_person=for_person)


def open_destination(
    connection: Connection, *, limited: bool | None = None, timeouts: Timeouts = TIMEOUTS, for_person: bool = False
) -> QuickBooksOnline:
    """Open a connection's company as a destination; see `open_gateway`."""
    login = ConnectionLogin(connection)
    return QuickBooksOnline(
        _gateway(connection, login, limited=limited, timeouts=timeouts, for_person=for_person), login
    )


def _gateway(
    connection: Connection, login: ConnectionLogin, *, limited: bool | None, timeouts: Timeouts, for_person: bool
) -> Gateway:
    kept = has_limits(connection.company) if limited is None else limited
    return Gateway(
        api_url=addresses_of(connection.company).api,
        company_id=connection.external_id,
        login=login,
        window=window_of(connection.external_id) if kept else UNLIMITED,
        caller=PERSON if for_person else SYNC,
        counter=counter_of(connection.company_id),
        session=ApiSession(timeouts=timeouts),
    )


class QuickBooksOnline:
    """One company of QuickBooks Online. Keep it for a run: its connections stay open. Safe for threads."""

    def __init__(self, gateway: Gateway, login: ConnectionLogin) -> None:
        self.gateway = gateway
        self.login = login

    def __enter__(self) -> QuickBooksOnline:
        return self

    def __exit__(self, *_: object) -> None:
        self.gateway.close()

    def address_book(self) -> OnlineAddressBook:
        """The addresses of the company's customers."""
        return OnlineAddressBook(self)

    def reach(self) -> TryLater | Unknown | None:
        """Read what the company says about itself; None proves that the login is good and that the company answers.

        A login that has ended is marked on its connection.
        """
        answer = self.ask("CompanyInfo", list_parsers.whole("CompanyInfo"))
        if isinstance(answer, Refused):
            return Unknown(reason=_NOT_SHOWN, exchange=answer.exchange)
        if isinstance(answer, TryLater | Unknown):
            return answer
        rows, exchange = answer
        return None if rows else Unknown(reason=UNREADABLE, exchange=exchange)

    def render(self, document: Document, *, ids: Mapping[str, str]) -> bytes:
        """The exact bytes that create the document.

        Args:
            document: Frozen.
            ids: QuickBooks ids by document key, see `wire.render`.

        Raises:
            KeyError: A needed id is missing.
        """
        return wire.render(document, ids=ids)

    def render_change(self, change: Alteration, *, ids: Mapping[str, str]) -> bytes:
        """The exact bytes that change or void a document; see `changes.render_change`.

        Raises:
            KeyError: A needed id is missing.
        """
        return changes.render_change(change, ids=ids)

    def posted(self, document: Document, *, ids: Mapping[str, str]) -> Holding:
        """What QuickBooks holds of a document while nobody has changed it."""
        return changes.posted(document, ids=ids)

    def send(self, kind: str, body: bytes, *, request_id: str, operation: Operation = Operation.CREATE) -> Outcome:
        """Send bytes that `render` or `render_change` made, once; a second time only after renewing an expired login.

        A refusal because the name or the number is taken is followed by a look at what has it: when that bears our
        mark it is the document itself, left by a send whose answer nobody heard.
        """
        stopped = self.login.stopped()
        if stopped:
            return stopped
        how = changes.how(kind, operation)
        answer = self.gateway.write(wire.ENTITIES[kind], body, request_id=request_id, how=how)
        if operation == Operation.CREATE or not isinstance(answer, Reply):
            return self.outcome_of(answer, kind, body)
        return self._changed(answer, kind, body, operation)

    def start(self, sendings: Sequence[Sending], *, batch_id: str = "") -> SentToQuickBooks:
        """Begin to send new documents in one request, and return before it is answered.

        Args:
            sendings: One, or several that are independent of one another.
            batch_id: They go as a batch under this request id; empty for one alone.
        """
        stopped = self.login.stopped_lately()
        if stopped:
            return SentToQuickBooks(self, sendings, batch_id, stopped)
        if batch_id:
            begun = self.gateway.begin(BATCH, render_batch(sendings), request_id=batch_id)
        else:
            (sending,) = sendings
            begun = self.gateway.begin(wire.ENTITIES[sending.form], sending.body, request_id=sending.request_id)
        return SentToQuickBooks(self, sendings, batch_id, begun)

    def outcome_of(self, answer: Answer, kind: str, body: bytes) -> Outcome:
        """What an answer to the creation of one document comes to."""
        if not isinstance(answer, Reply):
            return self.noted(answer)
        key = wire.key_of(kind, body)
        verdict = verdict_on(answer, record=key)
        if isinstance(verdict, InTheWay | Refused) and wire.shows_one(kind, answer.json):
            return Unknown(reason=UNREADABLE, exchange=answer.exchange)  # rejected, and stored all the same
        if isinstance(verdict, InTheWay):
            return self._adopted_or(verdict.refused, kind, body)
        if verdict:
            return self.noted(verdict)
        try:
            return wire.read_accepted(kind, answer.json, key=key, exchange=answer.exchange)
        except wire.Unreadable:
            return Unknown(reason=UNREADABLE, exchange=answer.exchange)

    def _changed(self, answer: Reply, kind: str, body: bytes, operation: Operation) -> Outcome:
        """What an update or a void came to; where the document was not as it was read, it is to be read again."""
        codes = {fault.code for fault in faults_of(answer) or []}
        # An id that is gone may be that of the document, or of something on it
        if _STALE in codes or (_GONE in codes and isinstance(self.read(kind, changes.id_in(body)), NotThere)):
            return TryLater(reason=_READ_AGAIN, wait=0, stale=True, exchange=answer.exchange)
        verdict = verdict_on(answer, record=changes.id_in(body))
        if verdict:
            return self.noted(verdict.refused if isinstance(verdict, InTheWay) else verdict)
        try:
            if changes.is_deleted(kind, operation):
                return changes.read_deleted(kind, answer.json, exchange=answer.exchange)
            return wire.read_accepted(kind, answer.json, exchange=answer.exchange)
        except wire.Unreadable:
            return Unknown(reason=UNREADABLE, exchange=answer.exchange)

    def read(self, kind: str, quickbooks_id: str) -> ReadBack | NotThere | TryLater | Unknown:
        """What QuickBooks holds of a document now.

        Asked for by a query: a read of its address cannot tell what was deleted from what was never there.
        """
        entity = wire.ENTITIES[kind]
        answer = self.ask(entity, f"SELECT * FROM {entity} WHERE Id = {wire.literal(quickbooks_id)}")
        if isinstance(answer, Refused):
            return Unknown(reason=_LOOK_UP_REFUSED, exchange=answer.exchange)
        if isinstance(answer, TryLater | Unknown):
            return answer
        found, exchange = answer
        if not found:
            return NotThere(exchange=exchange)
        try:
            holding = changes.held(kind, found[0])
        except wire.Unreadable:
            return Unknown(reason=UNREADABLE, exchange=exchange)
        token = str(found[0].get("SyncToken", ""))
        return ReadBack(quickbooks_id=quickbooks_id, sync_token=token, holding=holding, exchange=exchange)

    def find(self, document: Document, *, ids: Mapping[str, str], since: datetime | None = None) -> Found:
        """Look for a document that an earlier, unanswered send may have left there.

        Only one that bears our mark is it. Others that say nearly the same may be it; see `looking`.
        """
        return self.found_alone(
            sought_of(document.kind, wire.render(document, ids=ids), document=document, since=since)
        )

    def find_many(self, lost: Sequence[Lost], *, ids: Mapping[str, str]) -> list[Found]:
        """Look for many documents, thirty questions in one request; each is found, or not, as `find` finds it."""
        return find_many(
            self,
            [
                sought_of(
                    sent.document.kind,
                    wire.render(sent.document, ids={sent.document.customer.created_by: "", **ids}),
                    document=sent.document,
                    since=sent.since,
                    by_others=sent.entered_by_others,
                    of_anyone=sent.document.customer.name if sent.of_new_customer else "",
                )
                for sent in lost
            ],
        )

    def stored(self, kind: str, quickbooks_id: str) -> Accepted | NotThere | TryLater | Unknown:
        """What QuickBooks says of the document or customer of this id, as if it had just accepted it."""
        entity = wire.ENTITIES[kind]
        answer = self.ask(entity, f"SELECT * FROM {entity} WHERE Id = {wire.literal(quickbooks_id)}")
        if isinstance(answer, Refused):
            return Unknown(reason=_LOOK_UP_REFUSED, exchange=answer.exchange)
        if isinstance(answer, TryLater | Unknown):
            return answer
        found, exchange = answer
        return adopted(kind, found[0], exchange) if found else NotThere(exchange=exchange)

    def holds(self, kind: str, quickbooks_id: str) -> bool | TryLater | Unknown:
        """Whether QuickBooks still has the transaction of this id, whatever became of its number and its mark."""
        entity = wire.ENTITIES[kind]
        answer = self.ask(entity, f"SELECT * FROM {entity} WHERE Id = {wire.literal(quickbooks_id)}")
        if isinstance(answer, Refused):
            return Unknown(reason=_LOOK_UP_REFUSED, exchange=answer.exchange)
        return answer if isinstance(answer, TryLater | Unknown) else bool(answer[0])

    def ask(self, entity: str, query: str) -> Rows | Refused | TryLater | Unknown:
        """Ask for rows; every failure is a value, and a login that has ended is marked on its connection."""
        answer = self._heard(lambda: self.gateway.ask(query))
        if not isinstance(answer, Reply):
            return answer
        try:
            return list_parsers.rows_of(entity, answer.json), answer.exchange
        except wire.Unreadable:
            return Unknown(reason=UNREADABLE, exchange=answer.exchange)

    def changes_since(self, entities: Sequence[str], since: datetime) -> Changes | Refused | TryLater | Unknown:
        """What of these entities has changed since a moment, in one request; failures as in `ask`."""
        answer = self._heard(lambda: self.gateway.changed(entities, since=since))
        if not isinstance(answer, Reply):
            return answer
        try:
            return read_changes(entities, answer.json)
        except wire.Unreadable:
            return Unknown(reason=UNREADABLE, exchange=answer.exchange)

    def trial_balance(self, first: date, last: date) -> TrialBalance | Refused | TryLater | Unknown:
        """The trial balance as of the last day of a fiscal year, accrual, in one request; failures as in `ask`.

        Args:
            first: The first day of that year.
            last: The day.
        """
        answer = self._heard(lambda: self.gateway.report(TRIAL_BALANCE, asked_for(first, last)))
        if not isinstance(answer, Reply):
            return answer
        try:
            return read_trial_balance(answer.json)
        except wire.Unreadable:
            return Unknown(reason=UNREADABLE, exchange=answer.exchange)

    def _heard(self, ask: Callable[[], Answer]) -> Reply | Refused | TryLater | Unknown:
        """The reply to a question that was answered; a login that has ended is marked on its connection."""
        stopped = self.login.stopped(reading=True)
        if stopped:
            return stopped
        answer = ask()
        if not isinstance(answer, Reply):
            return self.noted(answer)
        verdict = verdict_on(answer)
        if verdict:
            return self.noted(verdict.refused if isinstance(verdict, InTheWay) else verdict)
        return answer

    def ask_batch(self, body: bytes, *, request_id: str) -> Answer:
        """Send a batch of questions."""
        return self.login.stopped(reading=True) or self.gateway.batch(body, request_id=request_id)

    def _adopted_or(self, refused: Refused, kind: str, body: bytes) -> Outcome:
        """What has the name or the number, when it is ours; the refusal otherwise."""
        found = self.found_alone(sought_of(kind, body))
        return refused if isinstance(found, NotThere | Alike) else found

    def found_alone(self, sought: Sought | None) -> Found:
        """Look for one document, however many rows its questions bring."""
        if sought is None:
            return Unknown(reason=_LOOK_UP_REFUSED)
        search = Search(sought=sought)
        while search.found is None:
            candidates = self._all_of(sought, search.query)
            if isinstance(candidates, TryLater | Unknown):
                return candidates
            search.hear(*candidates)
        return search.found

    def _all_of(self, sought: Sought, query: str) -> Rows | TryLater | Unknown:
        """All rows of one query."""
        rows_found: list[dict[str, Any]] = []
        for page in range(_MOST_PAGES):
            answer = self.ask(wire.ENTITIES[sought.kind], sought.page(query, 1 + page * wire.PAGE))
            if isinstance(answer, Refused):
                return Unknown(reason=_LOOK_UP_REFUSED, exchange=answer.exchange)
            if isinstance(answer, TryLater | Unknown):
                return answer
            some, exchange = answer
            rows_found += some
            if len(some) < wire.PAGE:
                return rows_found, exchange
        return Unknown(reason=_TOO_MANY, exchange=exchange)

    def noted(self, outcome: Failure) -> Failure:
        """The same outcome; where the login has ended, its connection says so from now on."""
        if isinstance(outcome, TryLater) and outcome.needs_login:
            self.login.needs_attention(outcome.reason)
        return outcome
