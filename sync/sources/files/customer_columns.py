"""Which columns of a spreadsheet of orders say who bought, and where they live?"""

from __future__ import annotations

from books.translation import gettext_noop
from sync.sources.files.columns import Column, clean_id, clean_identifier, clean_line, clean_name, order_column
from sync.sources.identifiers import LONGEST_EMAILS
from sync.sources.values import LONGEST_TEXT

#: Somewhat more than QuickBooks has room for, so that a longer one is asked about and loses no order.
_PART = clean_name(300)
#: Kept whole, however little of it QuickBooks has room for.
_ADDRESS = clean_line(LONGEST_TEXT)
_PERSON = clean_name(140)

CUSTOMER_COLUMNS: tuple[Column, ...] = (
    order_column(gettext_noop("Customer Id"), "customer_id", clean_id, gettext_noop("In the source."), "Contact Id"),
    order_column(
        gettext_noop("First Name"),
        "given_name",
        _PERSON,
        gettext_noop("Of the customer."),
        "Customer First Name",
        "Given Name",
    ),
    order_column(
        gettext_noop("Last Name"),
        "family_name",
        _PERSON,
        gettext_noop("Of the customer."),
        "Customer Last Name",
        "Family Name",
        "Surname",
    ),
    order_column(
        gettext_noop("Company"),
        "company_name",
        _PART,
        gettext_noop("The customer's company; also a customer's name in one piece."),
        "Company Name",
        "Customer Name",
        "Customer",
    ),
    order_column(
        gettext_noop("Email"),
        "email",
        clean_name(LONGEST_EMAILS),
        gettext_noop("The billing email, by which the QuickBooks customer is found."),
        "Customer Email",
        "Email Address",
        "Billing Email",
    ),
    order_column(
        gettext_noop("Phone"),
        "phone",
        clean_identifier(LONGEST_TEXT),
        gettext_noop("Of the customer."),
        "Customer Phone",
    ),
    order_column(
        gettext_noop("Billing Address"),
        "billing_line1",
        _ADDRESS,
        gettext_noop("Street and number."),
        "Address Line 1",
        "Address",
        "Street Address",
        "Billing Address Line 1",
        "Billing Street",
    ),
    order_column(
        gettext_noop("Billing Address 2"),
        "billing_line2",
        _ADDRESS,
        gettext_noop("Second line of the address."),
        "Address Line 2",
        "Billing Address Line 2",
    ),
    order_column(gettext_noop("Billing City"), "billing_city", _ADDRESS, gettext_noop("Town."), "City"),
    order_column(
        gettext_noop("Billing State"),
        "billing_region",
        _ADDRESS,
        gettext_noop("State or region."),
        "State",
        "Region",
        "Province",
    ),
    order_column(
        gettext_noop("Billing Postal Code"),
        "billing_postal_code",
        clean_identifier(LONGEST_TEXT),
        gettext_noop("Postal code."),
        "Postal Code",
        "Zip",
        "Zip Code",
        "Billing Zip",
    ),
    order_column(gettext_noop("Billing Country"), "billing_country", _ADDRESS, gettext_noop("Country."), "Country"),
    order_column(
        gettext_noop("Shipping Address"),
        "shipping_line1",
        _ADDRESS,
        gettext_noop("Street and number."),
        "Shipping Address Line 1",
        "Shipping Street",
        "Ship Street 1",
    ),
    order_column(
        gettext_noop("Shipping Address 2"),
        "shipping_line2",
        _ADDRESS,
        gettext_noop("Second line of the address."),
        "Shipping Address Line 2",
        "Ship Street 2",
    ),
    order_column(gettext_noop("Shipping City"), "shipping_city", _ADDRESS, gettext_noop("Town."), "Ship City"),
    order_column(
        gettext_noop("Shipping State"), "shipping_region", _ADDRESS, gettext_noop("State or region."), "Ship State"
    ),
    order_column(
        gettext_noop("Shipping Postal Code"),
        "shipping_postal_code",
        clean_identifier(LONGEST_TEXT),
        gettext_noop("Postal code."),
        "Shipping Zip",
        "Ship Zip",
    ),
    order_column(
        gettext_noop("Shipping Country"), "shipping_country", _ADDRESS, gettext_noop("Country."), "Ship Country"
    ),
)
