"""What is a fix? A small form on the issue's page that says who may use it and what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from companies.access import Right
from companies.forms.base import (
    OPENED,
    Meanwhile,
    both_sides,
    label_of,
    opened_input,
    plain,
    read_opened,
    stale,
)
from companies.models import Company
from companies.stored_texts import in_english
from reconciliation.models import Issue
from reconciliation.wording import title_of


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One answer that a person can give with one click."""

    value: str
    detail: str = ""


class Fix(forms.Form):
    """One way to clear an issue."""

    #: In the address, and before the ids of its fields.
    name: ClassVar[str]
    right: ClassVar[Right]
    title: ClassVar[StrPromise]
    help: ClassVar[StrPromise | str] = ""
    save_label: ClassVar[StrPromise] = gettext_lazy("Save")
    #: The field that one click on an offer fills; empty where nothing is offered.
    picks: ClassVar[str] = ""
    #: Whether records can be pushed after it.
    can_resync: ClassVar[bool] = True
    #: Whether it writes to QuickBooks itself. Then it is confirmed on a page of its own, and applied outside of any
    #: transaction, because nothing is ever sent inside one.
    goes_out: ClassVar[bool] = False
    #: Whether it writes its own step into the history of the orders.
    keeps_history: ClassVar[bool] = False

    def __init__(self, data: QueryDict | None = None, *, company: Company, issue: Issue) -> None:
        """Make the form of one issue.

        Args:
            data: As sent; None for a form to be filled in.
            company: The issue's.
            issue: Which must fit, see `fits`.
        """
        self.company, self.issue = company, issue
        self._refused = False
        if data is not None and self.picks and data.get("pick"):
            data = data.copy()
            data[self.picks] = data.get("pick", "")
        super().__init__(data, auto_id=f"{self.name}-%s")

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        """Whether this issue can be cleared in this way."""
        return True

    def clean(self) -> dict[str, Any]:
        """Refuse to change what another person changed after the page was opened; what was entered is kept."""
        cleaned = super().clean() or self.cleaned_data
        if found := self.changed_meanwhile():
            self._refused = True
            self.add_error(None, stale())
            for row, meanwhile in found:
                self.add_error(None, f"{label_of(row, meanwhile.name)}: {both_sides(row, meanwhile)}")
        return cleaned

    def decides_on(self) -> Sequence[tuple[Model, str]]:
        """The fields that it changes, each with its row as it is stored now.

        Those that it finds by the wrong name in them need not be said: where the name is gone, nothing is changed.
        """
        return ()

    def changed_meanwhile(self) -> list[tuple[Model, Meanwhile]]:
        """What is not as it was when the page was opened, and would not become so by this fix either."""
        seen = read_opened(self.data.get(OPENED)) or {}
        entered = {plain(value) for value in getattr(self, "cleaned_data", {}).values()}
        found = []
        for row, name in self.decides_on():
            before, now = seen.get(name), plain(getattr(row, name))
            if before is not None and before != now and now not in entered:
                found.append((row, Meanwhile(name=name, before=before, now=now, entered=self._entered())))
        return found

    @cached_property
    def opened_field(self) -> SafeString:
        """What is stored now, hidden in the page, so that a later change by another person is noticed."""
        seen = None if self._refused or not self.is_bound else read_opened(self.data.get(OPENED))
        stored = {name: plain(getattr(row, name)) for row, name in self.decides_on()}
        return opened_input(OPENED, stored if seen is None else seen)

    def _entered(self) -> str:
        return self.data.get(self.picks, "") if self.picks else ""

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Answers for one click, the likeliest first."""
        return ()

    @property
    def why(self) -> str:
        """The reason that the history of decisions keeps."""
        return in_english(_("Issue: %(title)s") % {"title": title_of(self.issue.code)})

    @property
    def consequences(self) -> tuple[str, ...]:
        """What a person confirms before it goes out; sentences about the valid form."""
        return ()

    def apply(self, *, by: User) -> str:
        """Change what the valid form says, inside the caller's transaction unless it goes out.

        Returns:
            What was done, as a sentence.

        Raises:
            CannotResolve: It is too late; nothing was changed.
        """
        raise NotImplementedError

    def fact(self, name: str) -> str:
        """One fact of the issue as text; empty where it has none."""
        value: Any = self.issue.facts.get(name, "")
        return str(value or "")
