"""How is a method of an admin class made a button? Unfold's decorator, with types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from unfold.decorators import action as unfold_action

Method = TypeVar("Method", bound=Callable[..., Any])


def button(
    *, description: object, permissions: list[str], url_path: str | None = None, icon: str | None = None
) -> Callable[[Method], Method]:
    """Make the method a button, shown and allowed to those for whom `has_<permission>_permission` holds."""
    made = unfold_action(description=description, permissions=permissions, url_path=url_path, icon=icon)
    return cast(Callable[[Method], Method], made)
