"""What may this person see and do, and for which company: as whom does a request work?

Every query, screen, picker, export and search starts from `companies_of`; every action asks `allowed`. A person
without a membership in a company gets the same answer as if it did not exist. The standing of a request is asked many
times and looked up once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from companies.bulk_sql import KeptQuery
from companies.models import Company, Membership, Role

Person = AbstractBaseUser | AnonymousUser
_SESSION_KEY = "company"
P = ParamSpec("P")
#: Requests that ask and change nothing.
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Right(StrEnum):
    """Something that a role may do."""

    #: Read every screen, export and search.
    VIEW = "view"
    #: Change mappings: products, line types, posting accounts.
    MAP = "map"
    #: Resolve customers and documents, press Re-sync, post.
    RESOLVE = "resolve"
    #: Sign a period off, and take that back; undo what was posted; approve what another person wants to send.
    SIGN = "sign"
    #: Connect and disconnect, change the company's settings and memberships.
    ADMINISTER = "administer"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.ACCOUNTANT: frozenset({Right.VIEW, Right.MAP, Right.RESOLVE, Right.SIGN}),
    Role.OPS: frozenset({Right.VIEW, Right.RESOLVE}),
    Role.AUDITOR: frozenset({Right.VIEW}),
    Role.ADMINISTRATOR: frozenset(Right),
}


def companies_of(user: Person) -> QuerySet[Company]:
    """The companies that exist for this person, by name."""
    if not user.is_authenticated or not user.is_active:
        return Company.objects.none()
    return _everybodys() if getattr(user, "is_superuser", False) else _of_member(user.pk)


def _everybodys() -> QuerySet[Company]:
    return Company.objects.order_by("name", "pk")


def _of_member(user: int) -> QuerySet[Company]:
    return _everybodys().filter(memberships__user=user)


#: A menu longer than this is no menu; the list of companies has a search.
MOST_IN_MENU = 200
# Every page asks for these, so their statements are kept: for superusers, and for members
_ALL_CALLED = KeptQuery(lambda slug: _everybodys().filter(slug=slug)[:1])
_CALLED = KeptQuery(lambda user, slug: _of_member(user).filter(slug=slug)[:1])
_ALL_IN_MENU = KeptQuery(lambda: _everybodys().only("name", "slug")[: MOST_IN_MENU + 1])
_IN_MENU = KeptQuery(lambda user: _of_member(user).only("name", "slug")[: MOST_IN_MENU + 1])
_ROLE = KeptQuery(lambda user, company: Membership.objects.filter(user=user, company=company).values_list("role")[:1])


def company_called(user: Person, slug: str) -> Company | None:
    """The person's company of that short name."""
    if not user.is_authenticated or not user.is_active:
        return None
    is_superuser = getattr(user, "is_superuser", False)
    found = _ALL_CALLED.instances(slug) if is_superuser else _CALLED.instances(user.pk, slug)
    return found[0] if found else None


def companies_of_menu(user: Person) -> list[Company]:
    """The person's companies with their names, by name; of very many one more than a menu can hold."""
    if not user.is_authenticated or not user.is_active:
        return []
    return _ALL_IN_MENU.instances() if getattr(user, "is_superuser", False) else _IN_MENU.instances(user.pk)


def role_in(user: Person, company: Company) -> str | None:
    """The person's role in the company; superusers are administrators everywhere."""
    if not user.is_authenticated or not user.is_active:
        return None
    if getattr(user, "is_superuser", False):
        return Role.ADMINISTRATOR
    return next((role for (role,) in _ROLE.rows(user.pk, company.pk)), None)


def allowed(user: Person, company: Company, right: Right) -> bool:
    """Whether the person has the right in the company."""
    return right in RIGHTS.get(role_in(user, company) or "", frozenset())


def company_or_404(user: Person, slug: str) -> Company:
    """The person's company of that short name.

    Raises:
        Http404: There is none, or it belongs to others; both look the same.
    """
    company = company_called(user, slug)
    if company is None:
        raise Http404(_("There is no such company."))
    return company


def current_company(request: HttpRequest) -> Company | None:
    """The company that the person works in: the last one opened, else the oldest; None without any membership."""
    slug = request.session.get(_SESSION_KEY, "")
    return (company_called(request.user, slug) if slug else None) or companies_of(request.user).order_by("pk").first()


def remember_company(request: HttpRequest, company: Company) -> None:
    """Remember the company that the person works in."""
    if request.session.get(_SESSION_KEY) != company.slug:
        request.session[_SESSION_KEY] = company.slug


def company_view(
    right: Right, *, writes: bool = True
) -> Callable[
    [Callable[Concatenate[HttpRequest, Company, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, str, P], HttpResponseBase],
]:
    """Open a view `view(request, company, ...)` at `<slug:company>/...` to those who have the right there.

    A stranger gets 404, a member without the right 403 with the roles that have it. What is sent to a view (POST and
    the like) also needs a right to write, whatever the view asks for: reading is all that an auditor does.

    Args:
        right: Needed for the view as such.
        writes: False for a view that stores nothing of what is sent to it.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, Company, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]:
        @wraps(view)
        def opened(request: HttpRequest, company: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            here = standing(request)
            if here.company is not None and here.company.slug == company:  # nearly always, and asked already
                found, role = here.company, here.role
            else:
                found = company_or_404(request.user, company)
                role = role_in(request.user, found)
            remember_company(request, found)
            _require(role, found, right)
            if writes and right is Right.VIEW and request.method not in _SAFE:
                _require(role, found, Right.RESOLVE)
            return view(request, found, *args, **kwargs)

        opened.right = right  # type: ignore[attr-defined]  # `right_to_open` asks for it
        return opened  # type: ignore[return-value]

    return decorate


def right_to_open(address: str) -> Right:
    """The right that a screen asks for, by its address; to read is enough for any other page."""
    try:
        view = resolve(urlsplit(address).path).func
    except Resolver404:
        return Right.VIEW
    right: Right = getattr(view, "right", Right.VIEW)
    return right


def roles_with(right: Right) -> str:
    """The roles that have a right, in the words of the screens."""
    return ", ".join(str(role.label) for role in Role if right in RIGHTS[role])


def require(user: Person, company: Company, right: Right) -> None:
    """Refuse with 403 unless the person has the right.

    Raises:
        PermissionDenied: The message names the roles that have it.
    """
    _require(role_in(user, company), company, right)


def _require(role: str | None, company: Company, right: Right) -> None:
    if right not in RIGHTS.get(role or "", frozenset()):
        sentence = _("Your role in %(company)s cannot do this. These can: %(roles)s.")
        raise PermissionDenied(sentence % {"company": company, "roles": roles_with(right)})


# As whom a request works ----------------------------------------------------------------------------------------------


_KEPT = "_tieout_standing"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The company a person works in, and what they may do there."""

    company: Company | None
    role: str | None

    def may(self, right: Right) -> bool:
        """Whether the role has the right."""
        return right in RIGHTS.get(self.role or "", frozenset())


def standing(request: HttpRequest) -> Standing:
    """The standing of a request; looked up again when the person or the chosen company changes on the way."""
    key = (request.user.pk, request.session.get("company"))
    kept = getattr(request, _KEPT, None)
    if kept is None or kept[0] != key:
        company = current_company(request)
        role = role_in(request.user, company) if company else None
        kept = (key, Standing(company=company, role=role))
        setattr(request, _KEPT, kept)
    found: Standing = kept[1]
    return found


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page behind the login."""
    return cast(User, request.user)


def company_of(request: HttpRequest) -> Company | None:
    """The company of the address, else the one that the person works in; none that is not theirs."""
    slug = request.resolver_match.kwargs.get("company") if request.resolver_match else None
    if slug is None:
        return standing(request).company
    here = standing(request).company
    return here if here is not None and here.slug == slug else company_called(request.user, slug)
