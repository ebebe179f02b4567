"""Where in the admin are line types, posting accounts and transaction types? Here is only the way to their pages."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from companies.activation import SetupStep
from companies.admin.base import ScopedAdmin
from companies.screen import ops_address
from mapping.models import (
    DocumentForms,
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    SourceCustomerRules,
    SourceDimensions,
    SourceEvent,
    SourceItemRules,
    SourceSettings,
)


class PageAdmin(ScopedAdmin):
    """Rows that are read and decided together, on one page; the admin keeps their history."""

    is_restorable = True
    page: str

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> object:
        return HttpResponseRedirect(reverse(self.page, args=[self.company(request).slug]))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> object:
        return self.changelist_view(request)


@admin.register(LineTypeDefault)
class LineTypeAdmin(PageAdmin):
    """The eight line types."""

    setup_step = SetupStep.LINE_TYPES
    page = "mapping:line_types"


@admin.register(PostingAccounts)
class PostingAccountsAdmin(PageAdmin):
    """The seven posting accounts."""

    setup_step = SetupStep.POSTING_ACCOUNTS
    page = "mapping:posting_accounts"


@admin.register(PaymentMethod)
class PaymentMethodAdmin(PageAdmin):
    """The payment methods of the sources."""

    page = "mapping:posting_accounts"


@admin.register(DocumentForms)
class DocumentFormsAdmin(PageAdmin):
    """The forms that documents take."""

    page = "mapping:transaction_types"


@admin.register(SourceDimensions)
class SourceDimensionsAdmin(PageAdmin):
    """Class and location of each source."""

    page = "mapping:transaction_types"


@admin.register(SourceEvent)
class SourceEventAdmin(PageAdmin):
    """Which event makes the documents of each source."""

    page = "mapping:document_events"


@admin.register(SourceCustomerRules)
class SourceCustomerRulesAdmin(PageAdmin):
    """How the customers of each source are found."""

    setup_step = SetupStep.CUSTOMERS
    page = "mapping:customer_rules"


@admin.register(SourceItemRules)
class SourceItemRulesAdmin(PageAdmin):
    """How the items of each source are found."""

    setup_step = SetupStep.PRODUCTS
    page = "mapping:item_rules"


@admin.register(SourceSettings)
class SourceSettingsAdmin(PageAdmin):
    """The switches of each source, which are on the page of the source."""

    is_restorable = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> object:
        return HttpResponseRedirect(ops_address(self.company(request), "integrations"))
