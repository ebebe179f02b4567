"""What is a fix? A small form on the issue's page that says who may use it and what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from companies.access import Right
from companies.models import Company
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
        if data is not None and self.picks and data.get("pick"):
            data = data.copy()
            data[self.picks] = data.get("pick", "")
        super().__init__(data, auto_id=f"{self.name}-%s")

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        """Whether this issue can be cleared in this way."""
        return True

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Answers for one click, the likeliest first."""
        return ()

    @property
    def why(self) -> str:
        """The reason that the history of decisions keeps."""
        return _("Issue: %(title)s") % {"title": title_of(self.issue.code)}

    @property
    def consequences(self) -> tuple[str, ...]:
        """What a person confirms before it goes out; sentences about the valid form."""
        return ()

    def apply(self, *, by: AbstractBaseUser) -> str:
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
