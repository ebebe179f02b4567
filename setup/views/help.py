"""Where does a person find help, when, and what can nobody do for them?"""

from __future__ import annotations

from typing import cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from companies.access import Right, allowed, company_view
from companies.activation import who_can
from companies.models import Company
from companies.screen import back, show
from setup.help_pages import START, HelpPage, files_of, page_of, title_of
from setup.models import HelpAnswer

#: How many comments the page of an administrator shows.
_COMMENTS = 20


class HelpAnswerForm(forms.ModelForm[HelpAnswer]):
    """Was this page helpful? One of two buttons, and a comment for who wants to say more."""

    helpful = forms.TypedChoiceField(
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        error_messages={"required": gettext_lazy("Press Yes or No.")},
    )

    class Meta:
        model = HelpAnswer
        fields = ("comment",)
        widgets = {"comment": forms.Textarea(attrs={"rows": 3})}


@require_safe
@company_view(Right.VIEW)
def help(request: HttpRequest, company: Company) -> HttpResponse:
    """Support hours, what support cannot do, and who of the company can do what."""
    context: dict[str, object] = {"title": _("Help"), **support(), "people": _people(company)}
    if allowed(request.user, company, Right.ADMINISTER):
        context |= _answers(company)
    return show(request, company, "setup/help.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def help_page(request: HttpRequest, company: Company, path: str) -> HttpResponse:
    """A page of the documentation and whether it helped, or a picture on it.

    Raises:
        Http404: The documentation has no such file, whatever else is on the disk.
    """
    folder = settings.TIEOUT_DOCS
    page = page_of(folder, path, address=lambda name: reverse("setup:help_page", args=[company.slug, name]))
    if page is not None:
        return _page(request, company, path, page)
    file = files_of(folder).get(path)
    if file is None or request.method == "POST":
        raise Http404(_("There is no such page in the documentation."))
    return HttpResponse(file.read_bytes(), content_type="image/png")


def _page(request: HttpRequest, company: Company, path: str, page: HelpPage) -> HttpResponse:
    """Show a page with the question below it, or keep the answer and say thank you for either."""
    by = cast(User, request.user)
    answer = HelpAnswer.objects.filter(company=company, by=by, page=path).first()
    form = HelpAnswerForm(request.POST or None, instance=answer or HelpAnswer(company=company, by=by, page=path))
    if request.method == "POST" and form.is_valid():
        form.instance.helpful = form.cleaned_data["helpful"]
        form.save()
        if form.instance.helpful:
            messages.success(request, _("Thank you. We are glad that this page helped."))
        else:
            messages.success(request, _("Thank you. An administrator sees your answer and your comment on Help."))
        return redirect("setup:help_page", company.slug, path)
    context = {
        "title": page.title,
        "above": back(company, "setup:help", _("Help")),
        "page": page,
        "start": START if path != START else "",
        "answer": answer if answer and answer.pk else None,
        "form": form if allowed(by, company, Right.RESOLVE) else None,
    }
    return show(request, company, "setup/help_page.html", context)


def _answers(company: Company) -> dict[str, object]:
    """What readers of the company answered, the page that helped least first, and their newest comments."""
    answers = HelpAnswer.objects.filter(company=company)
    counted = answers.values("page").annotate(
        helped=Count("pk", filter=Q(helpful=True)), not_helped=Count("pk", filter=Q(helpful=False))
    )
    comments = answers.exclude(comment="").select_related("by").order_by("-at", "-pk")
    folder = settings.TIEOUT_DOCS
    return {
        "answers": [{**row, "title": title_of(folder, row["page"])} for row in counted.order_by("-not_helped", "page")],
        "comments": [(title_of(folder, comment.page), comment) for comment in comments[:_COMMENTS]],
    }


def support() -> dict[str, str]:
    """The hours and the contact of this installation, as every page says them."""
    return {
        "support_hours": settings.TIEOUT_SUPPORT_HOURS or _("Monday to Friday, 9:00 AM to 5:00 PM"),
        "support_contact": settings.TIEOUT_SUPPORT_CONTACT or _("the people who run this installation"),
    }


def _people(company: Company) -> list[tuple[str, str]]:
    rights = (
        (_("Approve the activation, connect QuickBooks, go live"), Right.ADMINISTER),
        (_("Decide which account and item everything posts to"), Right.MAP),
        (_("Resolve what is blocked, request the activation"), Right.RESOLVE),
    )
    return [
        (what, ", ".join(user.get_full_name() or user.get_username() for user in who_can(company, right)) or "—")
        for what, right in rights
    ]
