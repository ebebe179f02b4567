"""What becomes of a form on a simulator's page? It is done, and the answer leads to a page that tells what happened."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

from werkzeug.exceptions import NotFound

from .guard import from_another_site, under_an_own_name
from .http import Reply, Request

#: What a form says, by the names of its fields.
Asked = dict[str, str]


def respond(request: Request, act: Callable[[Asked], str] | None) -> Reply:
    """Do what a form asks, and lead back to its page; a form that another site sends is refused.

    The page is in the field `back`; where it is refused, in `at` if there is one.

    `act` says what was done, or raises a ValueError that says why not.

    Raises:
        NotFound: There is no such form, or it does not come from this machine.
    """
    if act is None or not request.from_loopback or not under_an_own_name(request):
        raise NotFound
    if from_another_site(request):
        return Reply.page("<h1>This form was sent by another site</h1>", status=403)
    asked = request.form.to_dict()
    try:
        told, back = {"said": act(asked)}, asked.get("back", "/")
    except ValueError as problem:
        told, back = {"refused": str(problem)}, asked.get("at") or asked.get("back", "/")
    where = request.root_path + quote(_own_address(back))
    return Reply(status=303, headers={"Location": f"{where}?{urlencode(told)}"})


def _own_address(back: str) -> str:
    """An address of these pages; a form cannot lead anywhere else."""
    return back if back.startswith("/") and not back.startswith("//") and "\\" not in back else "/"
