"""What keeps every list, form, filter, search and action of the admin inside one company, and within one role?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.decorators import action as unfold_action
from unfold.views import ChangeList

from books.outside.texts import row_number
from companies.access import Right, person_of, standing
from companies.activation import SetupStep
from companies.admin.searching import having_every_word
from companies.forms.base import ScopedForm, entered_before
from companies.history import history_page
from companies.models import Company
from companies.signals import announce

#: Pages end here; what is further away is found by search or filter.
COUNTED = 10_000
#: The company that a page was made for, carried by its forms.
COMPANY_FIELD = "_company"
#: Stands for the number of a row in an address that is looked up once for all rows.
_ROW = "number-of-the-row"
Row = TypeVar("Row", bound=Model)


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts at most `COUNTED` rows."""

    #: Whether the first page of a search is asked for: then it is read before anything is counted.
    begins_search = False

    @cached_property
    def first(self) -> list[Any]:
        """The rows of the first page, and one more where there are more: what reads the whole list reads it once."""
        return list(self.object_list[: self.per_page + 1])

    @cached_property
    def count(self) -> int:
        if self.begins_search and len(self.first) <= self.per_page:
            return len(self.first)
        rows = self.object_list
        if hasattr(rows, "order_by"):
            return int(rows.order_by()[:COUNTED].count())
        return len(rows)


class ScopedChangeList(ChangeList):
    """A page of a list. Unfold makes the headings anew for each row, and Django looks up where each row leads."""

    def __init__(self, request: HttpRequest, *given: Any, **named: Any) -> None:
        self._query_strings: dict[str, str] = {}
        self._addresses = ""
        super().__init__(request, *given, **named)
        # Added to the address of each row here, once and for all
        self._kept = urlencode(dict(parse_qsl(self.model_admin.get_preserved_filters(request))))
        self.preserved_filters = ""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if getattr(self.paginator, "begins_search", False):
            self.result_list = self.paginator.first[: self.paginator.per_page]

    def url_for_result(self, result: object) -> str:
        number = getattr(result, self.pk_attname)
        if not isinstance(number, int):
            return self._with_kept(str(super().url_for_result(result)))
        if not self._addresses:
            self._addresses = self._with_kept(str(super().url_for_result(SimpleNamespace(**{self.pk_attname: _ROW}))))
        return self._addresses.replace(_ROW, str(number), 1)

    def _with_kept(self, address: str) -> str:
        return f"{address}?{self._kept}" if self._kept else address

    def get_query_string(self, new_params: dict[str, object] | None = None, remove: list[str] | None = None) -> str:
        asked = f"{new_params} {remove}"
        if asked not in self._query_strings:
            self._query_strings[asked] = super().get_query_string(new_params, remove)
        return self._query_strings[asked]


class ScopedAdmin(ModelAdmin):
    """The rows of the company that the person works in. A row of another company does not exist here.

    Rights come from the person's role, never from Django's own permissions.
    """

    #: The rights to change, to add and to delete; None for nobody.
    right_to_change: ClassVar[Right | None] = None
    right_to_add: ClassVar[Right | None] = None
    right_to_delete: ClassVar[Right | None] = None
    #: The step of setup that all pages of this class belong to; None where they are always open.
    setup_step: ClassVar[SetupStep | None] = None
    #: Whether an earlier state of a row can be brought back.
    is_restorable: ClassVar[bool] = False
    #: Whether documents depend on these rows, so that a change has to be announced.
    decides: ClassVar[bool] = True

    form = ScopedForm
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    # Facets count every choice of every filter
    show_facets = "NEVER"
    list_filter_sheet = False
    # Unfold's template looks for it in vain twice for each row, which takes longer than to find it
    list_sections: Sequence[type] = ()
    compressed_fields = True
    warn_unsaved_form = True
    change_form_before_template = "companies/parts/company_field.html"

    def company(self, request: HttpRequest) -> Company:
        """The company that the person works in.

        Raises:
            PermissionDenied: There is none.
        """
        found = standing(request).company
        if found is None:
            raise PermissionDenied(_("You do not belong to any company yet."))
        return found

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ScopedChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> object:
        """The list under the name of its rows."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    # Whose rows ------------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        found = standing(request).company
        return rows.filter(company=found) if found else rows.none()

    def get_form(self, request: HttpRequest, obj: object = None, change: bool = False, **kwargs: Any) -> object:
        made = super().get_form(request, obj, change=change, **kwargs)
        if not issubclass(made, ScopedForm):
            return made
        given = {"company": self.company(request), "proposed": request.GET.dict(), "kept": entered_before(request)}
        return type(made.__name__, (made,), given)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> object:
        """The row; while a form is being saved, nobody else may save it between the comparison and the write."""
        if request.method == "POST" and connection.in_atomic_block and row_number(object_id) is not None:
            list(self.model._default_manager.select_for_update(no_key=True).filter(pk=object_id).values_list("pk"))
        return super().get_object(request, object_id, from_field)

    # Who may what ----------------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return standing(request).may(Right.VIEW)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.allows(request, Right.VIEW, obj)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.allows(request, self.right_to_change, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, self.right_to_add)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.allows(request, self.right_to_delete, obj)

    def allows(self, request: HttpRequest, right: Right | None, obj: object = None) -> bool:
        """Whether the person's role has the right, and the row, where there is one, is of their company."""
        found = standing(request)
        if right is None or found.company is None or not found.may(right):
            return False
        # Unfold asks about its buttons with the number of the row, which was looked up inside the company already
        return not isinstance(obj, Model) or getattr(obj, "company_id", None) == found.company.pk

    def get_paginator(self, request: HttpRequest, queryset: QuerySet[Any], *given: Any, **named: Any) -> Any:
        made = super().get_paginator(request, queryset, *given, **named)
        made.begins_search = bool(request.GET.get(SEARCH_VAR)) and request.GET.get(PAGE_VAR, "1") == "1"
        return made

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Rows that have every word in one of the search fields, in capitals or not."""
        return having_every_word(queryset, [str(field) for field in self.search_fields], search_term), False

    # Saving ----------------------------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> object:
        if request.method == "POST" and self._is_of_another_company(request):
            return HttpResponseRedirect(request.get_full_path())
        context = {} if hasattr(self.model, "history") else {"show_history": False}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        if change and not form.has_changed():  # an entry of the history without a change would be credited to them
            return
        if not change:
            obj.company = self.company(request)
        obj._history_user = request.user
        super().save_model(request, obj, form, change)
        self.announce(request)  # prepares again, within the request

    def construct_change_message(
        self, request: HttpRequest, form: ModelForm[Any], formsets: object, add: bool = False
    ) -> object:
        request.nothing_changed = not add and not form.has_changed()  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def message_user(
        self, request: HttpRequest, message: object, level: object = messages.INFO, *args: Any, **kw: object
    ) -> None:
        """As everywhere; a save that changed nothing does not say that it changed something."""
        if level == messages.SUCCESS and getattr(request, "nothing_changed", False):
            message = _("Nothing was changed.")
        super().message_user(request, message, level, *args, **kw)

    def delete_model(self, request: HttpRequest, obj: object) -> None:
        super().delete_model(request, obj)
        self.announce(request)  # prepares again, within the request

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        self.announce(request)  # prepares again, within the request

    def announce(self, request: HttpRequest) -> None:
        """Say that decisions changed, where documents depend on these rows; what follows is noted beside the call."""
        if self.decides:
            # sync prepares again what is not sent, reconciliation gathers the issues
            announce(self.company(request), by=person_of(request))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Say that the row is gone, on the list where it was."""
        told = [
            _("This %(name)s is no longer there: another person may have deleted it.") % {"name": opts.verbose_name}
        ]
        if request.method == "POST":
            told.append(_("Nothing was saved."))
        self.message_user(request, " ".join(told), messages.WARNING)
        return HttpResponseRedirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))

    def _is_of_another_company(self, request: HttpRequest) -> bool:
        """Whether the form was opened while the person worked in another company, in another tab for instance."""
        slug = request.POST.get(COMPANY_FIELD)
        company = self.company(request)
        if slug is None or slug == company.slug:
            return False
        sentence = _("Nothing was saved: the page was of another company, and you now work in %(company)s.")
        messages.error(request, sentence % {"company": company})
        return True

    # History ---------------------------------------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Who changed this row, when, from what to what; from here an earlier state can be restored."""
        number = row_number(object_id)
        if not hasattr(self.model, "history") or number is None:
            raise Http404
        company = self.history_company(request, number)
        page = history_page(company, place=request.GET.get("before", ""), model=self.model, pk=number)
        row = self.get_queryset(request).filter(pk=number).first()
        if row is None and not page.entries:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(row)s") % {"row": row or page.entries[0].name},
            "page": page,
            "opts": self.opts,
            "object": row,
            "company": company,
            "restorable": (self.opts.model_name,) if self.is_restorable and self.allows(request, Right.MAP) else (),
            **(extra_context or {}),
        }
        return render(request, "companies/row_history.html", context)

    def history_company(self, request: HttpRequest, pk: int) -> Company:
        """Whose history is read for the row."""
        return self.company(request)


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that nobody edits here: they come from QuickBooks."""

    decides = False
    ordering: Sequence[str] = ()


Method = TypeVar("Method", bound=Callable[..., Any])


def button(
    *, description: object, permissions: list[str], url_path: str | None = None, icon: str | None = None
) -> Callable[[Method], Method]:
    """Make the method a button, shown and allowed to those for whom `has_<permission>_permission` holds."""
    made = unfold_action(description=description, permissions=permissions, url_path=url_path, icon=icon)
    return cast(Callable[[Method], Method], made)
