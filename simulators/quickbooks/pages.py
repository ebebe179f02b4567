"""What does a person see of the company? A few plain pages, made on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import Reply, Request

if TYPE_CHECKING:
    from .routes import App


def respond(app: App, request: Request, parts: tuple[str, ...]) -> Reply | None:
    """A page, or None when the address is none."""
    return None
