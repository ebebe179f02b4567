"""Who failed to sign in, and from where? Administrators see the people of their company, superusers everybody."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from companies.access import Right, standing
from companies.admin.base import BoundedPaginator
from config.models import FailedSignIn

if apps.is_installed("procrastinate.contrib.django"):
    from procrastinate.contrib.django.models import ProcrastinateJob

    admin.site.unregister(ProcrastinateJob)  # the page Status says what is in the queue, in our words


@admin.register(FailedSignIn)
class FailedSignInAdmin(ModelAdmin):
    """The list, to be read, and one button that ends waits. Nothing in it can be changed or deleted."""

    list_display = ("moment", "name", "address", "waits")
    list_display_links = None
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time", "-pk")
    list_per_page = list_max_show_all = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = ("end_waits",)

    @admin.display(description=_("Time"), ordering="attempt_time")
    def moment(self, row: FailedSignIn) -> str:
        return _clock(row.attempt_time)

    @admin.display(description=_("Name"), ordering="username")
    def name(self, row: FailedSignIn) -> str:
        return row.username or "—"

    @admin.display(description=_("Address"), ordering="ip_address")
    def address(self, row: FailedSignIn) -> str:
        return row.ip_address or "—"

    @admin.display(description=_("Wait"), ordering="locked_out")
    def waits(self, row: FailedSignIn) -> str:
        during = getattr(row, "attemptsduringwait", None)
        if during is None:
            return str(_("began a wait")) if row.locked_out else ""
        sentence = ngettext(
            "during a wait, not tried: %(count)d attempt until %(last)s",
            "during a wait, not tried: %(count)d attempts until %(last)s",
            during.attempts,
        )
        return sentence % {"count": during.attempts, "last": _clock(during.last_at)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[FailedSignIn]:
        rows: QuerySet[FailedSignIn] = super().get_queryset(request).select_related("attemptsduringwait")
        return rows if _runs_the_installation(request) else rows.filter(username__in=_names_of_company(request))

    @admin.action(description=_("End the waits of the chosen names and addresses"), permissions=["view"])
    def end_waits(self, request: HttpRequest, chosen: QuerySet[FailedSignIn]) -> None:
        """Let the chosen names in again; only superusers also end the wait of an address, which others share."""
        names, addresses = map(set, zip(*chosen.values_list("username", "ip_address"), strict=True))
        whose = Q(username__in=names)
        if _runs_the_installation(request):
            whose |= Q(ip_address__in=addresses)
        AccessAttempt.objects.filter(whose).delete()
        sentence = ngettext("%(count)d name can sign in again.", "%(count)d names can sign in again.", len(names))
        messages.success(request, sentence % {"count": len(names)})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _may_look(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def _clock(moment: datetime) -> str:
    there = timezone.localtime(moment)
    return f"{date_format(there, get_format('SHORT_DATETIME_FORMAT').replace('i', 'i:s'))} {there:%Z}"


def _runs_the_installation(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_look(request: HttpRequest) -> bool:
    return _runs_the_installation(request) or standing(request).may(Right.ADMINISTER)


def _names_of_company(request: HttpRequest) -> list[str]:
    """The names of the people of the company that is open, as attempts spell them."""
    company = standing(request).company
    people = User.objects.filter(memberships__company=company) if company else User.objects.none()
    return [name.casefold() for name in people.values_list("username", flat=True)]
