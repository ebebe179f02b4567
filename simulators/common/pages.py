"""How does a simulator show pages? Jinja2 templates of its own, in the frame that all of them share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import simplejson
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from .http import Reply, Request


def money(amount: Decimal | int | str) -> Markup:
    """An amount with thousands separators; below zero in red; nothing stays nothing."""
    if amount == "":
        return Markup("")
    shown = f"{Decimal(amount):,.2f}"
    return Markup('<span class="minus">−{}</span>').format(shown[1:]) if shown.startswith("-") else escape(shown)


def indented(value: object) -> str:
    """JSON for people; what is a text is read first, and stays as it is when it is no JSON."""
    try:
        told = simplejson.loads(value, use_decimal=True) if isinstance(value, str) else value
        return str(simplejson.dumps(told, indent=2, use_decimal=True, ensure_ascii=False))
    except (ValueError, RecursionError):
        return str(value)


class Pages:
    """The pages of one simulator: the templates of its package, and those that are the same for all."""

    def __init__(self, package: str) -> None:
        loaders = [PackageLoader(package), PackageLoader("simulators.common")]
        self._templates = Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._templates.filters |= {"money": money, "indented": indented}

    def show(self, template: str, request: Request, *, status: int = 200, **values: Any) -> Reply:
        """A page; its links begin with `root`, and `said` or `refused` is what a form brought about."""
        told = {name: request.query.get(name, "") for name in ("said", "refused")}
        html = self._templates.get_template(template).render(root=request.root_path, **told, **values)
        return Reply.page(html, status=status)
