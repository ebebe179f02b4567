"""Which company does the person work in from now on, and where do they land?"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from companies.access import company_or_404, remember_company
from companies.models import Company
from companies.screen import ops_address


@require_POST
def choose_company(request: HttpRequest) -> HttpResponse:
    """Work in another company (`company`, a short name), on the same screen where that has one (`next`)."""
    company = company_or_404(request.user, request.POST.get("company", ""))
    remember_company(request, company)
    return HttpResponseRedirect(_same_screen(request, company))


def _same_screen(request: HttpRequest, company: Company) -> str:
    """The screen the person comes from, of the other company; Home when it showed one single row."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    try:
        match = resolve(urlsplit(asked).path if safe else "/no such screen/")
        if match.kwargs.keys() <= {"company"} and not match.args:
            return reverse(match.view_name, kwargs=dict.fromkeys(match.kwargs, company.slug))
    except (Resolver404, NoReverseMatch):
        pass
    return ops_address(company, "home")
