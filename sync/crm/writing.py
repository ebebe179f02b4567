"""Through what is a CRM written to? Nothing else in the application writes to a source.

Source:
    docs/decisions/0063-back-to-the-crm.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from sync.crm.base import CrmRefusal, CrmWriter
from sync.crm.highlevel import HighLevelWriter
from sync.crm.highlevel_workflows import HighLevelWorkflows, Workflow
from sync.crm.keap import KeapWriter
from sync.fetching.asking import SourceApi
from sync.fetching.kinds import LIVE_KINDS, AddressUnsafe, api_of, is_live, is_test_account
from sync.fetching.login import NOT_CONNECTED
from sync.models import Connection, ConnectionState

__all__ = ["CrmWriter", "Workflow", "can_ask_for_reviews", "can_be_written", "published_workflows", "writer_of"]

_TEST_COMPANY = gettext_noop(
    "%(company)s is a test company, so none of it is written to the real %(source)s account “%(account)s”."
)
_NO_WRITER = gettext_noop("Nothing is written to %(source)s.")
_WRITERS: Mapping[str, Callable[[SourceApi, str], CrmWriter]] = {"highlevel": HighLevelWriter, "keap": KeapWriter}


def can_be_written(source: Connection) -> bool:
    """Whether a source is of a kind that can be written to."""
    return is_live(source) and source.kind in _WRITERS


def writer_of(source: Connection) -> CrmWriter | Message:
    """What writes to the CRM of a source, or why nothing is written to it now."""
    if not can_be_written(source):
        return Message.of(_NO_WRITER, source=source.name)
    called = LIVE_KINDS[source.kind].name
    if source.state == ConnectionState.DISCONNECTED:
        return Message.of(NOT_CONNECTED, source=called)
    if source.company.is_rehearsal and not is_test_account(source):
        facts = {"company": source.company.name, "source": called, "account": source.live.account_name or source.name}
        return Message.of(_TEST_COMPANY, **facts)
    try:
        return _WRITERS[source.kind](api_of(source), source.external_id)
    except AddressUnsafe as unsafe:
        return unsafe.message


# Review requests ------------------------------------------------------------------------------------------------------


def can_ask_for_reviews(source: Connection) -> bool:
    """Whether a source is of a kind whose workflows send review requests."""
    return is_live(source) and source.kind == "highlevel"


def workflows_of(writer: CrmWriter) -> HighLevelWorkflows | None:
    """The workflows of the account that is written to; None where its kind has none."""
    return HighLevelWorkflows(writer.api, writer.location) if isinstance(writer, HighLevelWriter) else None


def published_workflows(source: Connection) -> tuple[Workflow, ...] | Message | TryLater:
    """The published workflows of a source, by name, or why there is none to choose."""
    writer = writer_of(source)
    if isinstance(writer, Message):
        return writer
    try:
        workflows = workflows_of(writer)
        found = workflows.published() if workflows else ()
    finally:
        writer.close()
    return found.message if isinstance(found, CrmRefusal) else found
