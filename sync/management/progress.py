"""How does a person at a terminal see that work goes on? A bar; nothing at all where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from companies.models import Company
from companies.stored_texts import retold
from sync.management.words import speaking
from sync.models import Document, DocumentState
from sync.pushing.sender import Observer


@contextmanager
def pushing_progress(company: Company, console: Console) -> Iterator[tuple[Callable[[str], None], Observer]]:
    """A bar for one company's run; yields what to call with each step in words, and with each step of a push."""
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(_("Starting"), total=None)

        def say(what: str) -> None:
            with speaking():
                bar.update(task, description=retold(what))

        def observe(step: str, _document: Document) -> None:
            if step == "claimed" and bar.tasks[0].total is None:
                waiting = Document.objects.filter(company=company, state=DocumentState.READY).count()
                bar.update(task, total=waiting + 1)
            if step == "recorded":
                bar.advance(task)

        yield say, observe
