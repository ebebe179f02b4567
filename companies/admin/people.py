"""Who belongs to the company, in which role, and who can sign in at all? The last is for superusers to say."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from companies.access import Right, person_of
from companies.admin.base import ScopedAdmin
from companies.forms.base import OpenedForm
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


admin.site.unregister(User)
admin.site.unregister(Group)  # rights come from roles in companies


class UserForm(OpenedForm, UserChangeForm):
    """Unfold's form, which refuses to write over what another person saved meanwhile."""


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """Logins. What a person may do is said by their roles in companies; a superuser administers all of them."""

    form = UserForm
    change_form_before_template = "companies/parts/opened_field.html"
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "first_name", "last_name", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rights"), {"fields": ("is_active", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _runs_the_installation(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _runs_the_installation(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _runs_the_installation(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _runs_the_installation(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # a login is made inactive; what it did keeps its name


def _runs_the_installation(request: HttpRequest) -> bool:
    return bool(person_of(request).is_superuser)
