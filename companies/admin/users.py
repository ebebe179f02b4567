"""Who can sign in at all? Only superusers, who run the installation, see to that."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from companies.forms.opened import OpenedForm
from companies.request_context import person_of

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

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _runs_the_installation(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _runs_the_installation(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _runs_the_installation(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a login is made inactive; what it did keeps its name


def _runs_the_installation(request: HttpRequest) -> bool:
    return bool(person_of(request).is_superuser)
