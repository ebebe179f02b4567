"""Who belongs to the company, and in which role?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from companies.access import Right
from companies.admin.base import ScopedAdmin
from companies.forms.memberships import MembershipForm, is_last_administrator
from companies.models import Membership


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """People of the company; administrators bring them in, give them a role and take them out."""

    right_to_add = right_to_change = right_to_delete = Right.ADMINISTER
    decides = False
    form = MembershipForm
    list_display = ("person", "login", "role", "since")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email", "user__first_name", "user__last_name")
    ordering = ("user__username", "pk")
    actions = None
    fieldsets = ((None, {"fields": ("login", "role")}),)
    add_fieldsets = ((None, {"fields": ("person", "role")}),)
    readonly_fields = ("login",)

    @admin.display(description=_("person"), ordering="user__username")
    def person(self, row: Membership) -> str:
        return row.user.get_full_name() or row.user.get_username()

    @admin.display(description=_("login"), ordering="user__username")
    def login(self, row: Membership) -> str:
        return row.user.get_username()

    @admin.display(description=_("since"), ordering="created_at")
    def since(self, row: Membership) -> str:
        return date_format(timezone.localtime(row.created_at), "SHORT_DATE_FORMAT")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and is_last_administrator(obj):
            return False
        return super().has_delete_permission(request, obj)
