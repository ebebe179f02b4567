"""Which step of setting a company up does a screen belong to? Said where the screen is, judged by `setup.gate`."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from companies.activation import GO_LIVE, INTRODUCTION

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
        return _LABELS[self]


_LABELS: dict[SetupStep, StrPromise] = {
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


def step_of(view: Callable[..., Any]) -> SetupStep | None:
    """The step that a view belongs to; None for one that is always open.

    An admin class names its step in `setup_step`, for all of its pages.
    """
    step: SetupStep | None = getattr(view, "setup_step", None)
    return step or getattr(getattr(view, "model_admin", None), "setup_step", None)
