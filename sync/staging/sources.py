"""From which sources does a company read orders, and of which one is a file? Any number, several of a kind too."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from books.documents import NewCustomer
from books.translation import gettext_noop
from companies.models import Company, take_turns
from companies.source_names import SourceNames, source_name
from mapping.models import SourceSettings, settings_of
from sync.models import SENT_STATES, Connection, ConnectionState, Document, StagedOrder, sources_of
from sync.sources.base import Layout, UnreadableFile
from sync.sources.files import LAYOUTS

#: What sources there are, by their kind. Each reads the files of its layouts.
KINDS: dict[str, tuple[Layout, ...]] = {
    kind: tuple(layout for layout in LAYOUTS.values() if layout.system == kind)
    for kind in dict.fromkeys(layout.system for layout in LAYOUTS.values())
}
_WHICH = gettext_noop("More than one source of this company reads such files: %(names)s.")
_CHOOSE = gettext_noop("Choose the source that the orders are of.")
_OTHER_KIND = gettext_noop("The source “%(name)s” reads files of another format.")
_CHOOSE_OTHER = gettext_noop("Choose the source, or the file, that fits the other.")
_LEFT = gettext_noop("The source “%(name)s” is disconnected, so nothing is imported for it.")
_CONNECT = gettext_noop("Connect it again under Settings, Integrations.")


class WhichSource(UnreadableFile):
    """It is not clear of which source a file is, or that source takes none. Nothing was read from it."""


@transaction.atomic
def add_source(company: Company, kind: str, *, name: str = "", prefix: str = "", by: User | None = None) -> Connection:
    """Add a source. Its switches are off: a person turns them on when they have looked at what it brings.

    Args:
        company: Whose orders come from it.
        kind: One of `KINDS`.
        name: What it is called on the screens; the name of the kind where left out.
        prefix: What its document numbers begin with, see `SourceSettings`.
        by: The person who adds it.
    """
    take_turns(company)
    taken = set(sources_of(company).values_list("system", flat=True))
    numbered = (f"{kind}-{number}" for number in range(2, len(taken) + 3))
    system = next(key for key in (kind, *numbered) if key not in taken)
    return _added(company, system, name=name, prefix=prefix, by=by, on=False)


def connection_of(company: Company, system: str, *, name: str = "", by: User | None = None) -> Connection:
    """The source of this key, added when a file is imported for it for the first time.

    The first source of a company that is live already is switched on, since going live was the word for it; so are the
    items and customers of the first one that is set up. Any further source begins with its switches off.
    """
    known = Connection.objects.filter(company=company, system=system).first()
    if known:
        return known
    with transaction.atomic():
        take_turns(company)
        known = Connection.objects.filter(company=company, system=system).first()
        first = not sources_of(company).exists()
        return known or _added(company, system, name=name, prefix="", by=by, on=first)


def _added(company: Company, system: str, *, name: str, prefix: str, by: User | None, on: bool) -> Connection:
    settings = SourceSettings.objects.filter(company=company, system=system).first()
    settings = settings or SourceSettings(company=company, system=system)
    settings.item_sync = settings.customer_sync = on
    settings.invoice_creation = on and company.live_since is not None
    settings.number_prefix = prefix
    settings._history_user = by  # type: ignore[attr-defined]
    settings.save()
    return Connection.objects.create(
        company=company,
        system=system,
        name=name.strip() or source_name(system),
        state=ConnectionState.CONNECTED,
        connected_at=timezone.now(),
        connected_by=by,
    )


def copy_source(source: Connection, twin: Company, *, by: User | None) -> Connection:
    """The same source of a rehearsal twin, with its switches; what it brings is posted, to the test company alone."""
    kept = settings_of(source.company, source.system)
    SourceSettings.objects.create(
        company=twin,
        system=source.system,
        invoice_creation=True,
        item_sync=kept.item_sync,
        customer_sync=kept.customer_sync,
        number_prefix=kept.number_prefix,
    )
    return Connection.objects.create(
        company=twin,
        system=source.system,
        name=source.name,
        state=ConnectionState.CONNECTED,
        connected_at=timezone.now(),
        connected_by=by,
    )


def switch_on_invoices(company: Company, *, by: User) -> None:
    """Switch invoice creation on for the sources that a company has: it goes live with them."""
    systems = sources_of(company).values("system")
    for settings in SourceSettings.objects.filter(company=company, system__in=systems, invoice_creation=False):
        settings.invoice_creation = True
        settings._history_user = by  # type: ignore[attr-defined]
        settings.save()


def source_of_file(company: Company, layout: Layout, *, chosen: str = "", by: User | None = None) -> Connection:
    """The source that a file is of.

    Args:
        company: Whose file.
        layout: What the file looks like.
        chosen: The key of the source that a person named; empty where the only one of the kind is meant.
        by: The person, where the source is added by this file.

    Raises:
        WhichSource: More than one source reads such files, the chosen one does not, or it is disconnected.
    """
    names = SourceNames(company)
    readers = [source for source in sources_of(company) if source.kind == layout.system]
    if chosen:
        fitting = [source for source in readers if source.system == chosen]
        if not fitting:
            raise WhichSource(_OTHER_KIND, _CHOOSE_OTHER, name=names.called(chosen))
    else:
        fitting = [source for source in readers if source.state != ConnectionState.DISCONNECTED] or readers
    if len(fitting) > 1:
        raise WhichSource(_WHICH, _CHOOSE, names=", ".join(names.called(source.system) for source in fitting))
    source = fitting[0] if fitting else connection_of(company, layout.system, by=by)
    if source.state == ConnectionState.DISCONNECTED:
        raise WhichSource(_LEFT, _CONNECT, name=names.called(source.system))
    return source


def disconnect_source(source: Connection) -> None:
    """Take nothing more from a source and send nothing more of it, at once; what is there, and its history, stays."""
    Connection.objects.filter(pk=source.pk).update(state=ConnectionState.DISCONNECTED)


def connect_again(source: Connection, *, by: User | None) -> None:
    """Go on with a source that was disconnected; its switches are as they were."""
    Connection.objects.filter(pk=source.pk).update(
        state=ConnectionState.CONNECTED, connected_at=timezone.now(), connected_by=by
    )


def rename_source(source: Connection, name: str) -> None:
    """Call a source otherwise on the screens; its key stays."""
    Connection.objects.filter(pk=source.pk).update(name=name.strip() or source_name(source.system))


def change_prefix(source: Connection, prefix: str) -> int:
    """Let the document numbers of a source begin otherwise, for orders of which nothing has been sent yet.

    Returns:
        How many orders follow; the next preparation numbers them anew.
    """
    sent = Document.objects.filter(order=OuterRef("pk"), state__in=SENT_STATES).exclude(kind=NewCustomer.kind)
    orders = StagedOrder.objects.filter(~Exists(sent), connection=source).exclude(number_prefix=prefix)
    return orders.update(number_prefix=prefix, prepared_version=0)
