"""What is in the sample books? Bramble & Birch Studio: ceramics classes, kits, memberships and coaching."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .facts import make_accounts, make_terms_and_methods, state_facts

if TYPE_CHECKING:
    from ..company import Company

CHART = """
Checking | Bank | Checking
Savings | Bank | Savings
Undeposited Funds | Other Current Asset | UndepositedFunds
Accounts Receivable | Accounts Receivable | AccountsReceivable
Wholesale Receivables | Accounts Receivable | AccountsReceivable
Inventory Asset | Other Current Asset | Inventory
Studio Equipment | Fixed Asset | MachineryAndEquipment
Accounts Payable | Accounts Payable | AccountsPayable
Sales Tax Payable | Other Current Liability | SalesTaxPayable
Gift Certificates Outstanding | Other Current Liability | OtherCurrentLiabilities
Opening Balance Equity | Equity | OpeningBalanceEquity
Retained Earnings | Equity | RetainedEarnings
Services | Income | ServiceFeeIncome
Services:Training | Income | ServiceFeeIncome
Services:Training:Classes | Income | ServiceFeeIncome
Services:Training:Workshops | Income | ServiceFeeIncome
Services:Coaching | Income | ServiceFeeIncome
Sales | Income | SalesOfProductIncome
Sales:Kits | Income | SalesOfProductIncome
Sales:Books | Income | SalesOfProductIncome
Sales:Tools | Income | SalesOfProductIncome
Memberships | Income | ServiceFeeIncome
Shipping Income | Income | SalesOfProductIncome
Discounts Given | Income | DiscountsRefundsGiven
Refunds & Allowances | Income | DiscountsRefundsGiven
Uncategorized Income | Income | OtherPrimaryIncome
Finance Charge Income | Other Income | OtherMiscellaneousIncome
Cost of Goods Sold | Cost of Goods Sold | SuppliesMaterialsCogs
Advertising | Expense | AdvertisingPromotional
Bank Charges | Expense | BankCharges
Office Expenses | Expense | OfficeGeneralAdministrativeExpenses
Office Expenses:Stationery & Supplies | Expense | OfficeGeneralAdministrativeExpenses
"""

ITEMS = """
Wheel Throwing 101 | WT-101 | Service | Services:Training:Classes
Wheel Throwing 201 | WT-201 | Service | Services:Training:Classes
Glaze Chemistry | GL-150 | Service | Services:Training:Classes
Raku Weekend | RK-300 | Service | Services:Training:Workshops
Kids' Clay Camp | KC-050 | Service | Services:Training:Workshops
Coaching Hour | CO-060 | Service | Services:Coaching
Starter Clay Kit | KIT-CLAY | NonInventory | Sales:Kits
Glaze Sampler | KIT-GLAZE | NonInventory | Sales:Kits
Trimming Tools & Sponge | TL-TRIM | NonInventory | Sales:Tools
The Patient Potter | BK-POT | NonInventory | Sales:Books
Crème Brûlée Mug Kit | KIT-MUG | NonInventory | Sales:Kits
Studio Membership | MB-MONTH | Service | Memberships
Kiln Shelf | KILN-SH | Service | Memberships
Shipping | SHIP | Service | Shipping Income
Sales Tax | TAX | Service | Sales Tax Payable
Discount | DISC | Service | Discounts Given
Finance Charge | FIN | Service | Finance Charge Income
Studio Services | SVC | Service | Services
Program Fee | PROG | Service | Services:Training
Upsell | UPS | Service | Sales
Uncategorized Sale | MISC | Service | Uncategorized Income
Goodwill Credit | GOODWILL | Service | Refunds & Allowances
"""

PRICES = {
    "WT-101": "240.00",
    "WT-201": "280.00",
    "GL-150": "150.00",
    "RK-300": "300.00",
    "KC-050": "195.00",
    "CO-060": "85.00",
    "KIT-CLAY": "48.00",
    "KIT-GLAZE": "36.50",
    "TL-TRIM": "22.75",
    "BK-POT": "27.95",
    "KIT-MUG": "39.00",
    "MB-MONTH": "65.00",
    "KILN-SH": "12.50",
}

# name | email | town
CUSTOMERS = """
Priya Natarajan | priya.natarajan@example.com | Fort Collins
O'Malley & Daughters | orders@omalley.example.com | Denver
Chidi Okafor | family.okafor@example.com | Loveland
Ngozi Okafor | family.okafor@example.com | Loveland
Amara Lindqvist | amara.lindqvist@example.org | Boulder
Benedict Farrow | ben.farrow@example.net | Greeley
Blue Spruce Community Center | programs@bluespruce.example.org | Estes Park
Camille Dufrêne | camille.dufrene@example.net | Denver
Desert Willow Gallery | hello@desertwillow.example.com | Pueblo
Eleni Papadakis | eleni.papadakis@example.org | Boulder
Foothills Montessori School | office@foothills-montessori.example.org | Longmont
Graham Whitlock | graham.whitlock@example.com | Windsor
Hana Kobayashi | hana.kobayashi@example.net | Fort Collins
Ibrahim Yilmaz | ibrahim.yilmaz@example.com | Aurora
Joaquín Herrera | joaquin.herrera@example.org | Denver
Kestrel Coffee Roasters | wholesale@kestrelcoffee.example.com | Fort Collins
Leila Haddad | leila.haddad@example.net | Lakewood
Marguerite Oyelaran | marguerite.oyelaran@example.com | Loveland
Nils Bergström | nils.bergstrom@example.org | Boulder
Odette Fairbanks | odette.fairbanks@example.com | Greeley
Poudre Valley Library | events@poudrelibrary.example.org | Fort Collins
Quentin Abernathy | quentin.abernathy@example.net | Golden
Rosalind Mbeki | rosalind.mbeki@example.com | Westminster
Saoirse Gallagher | saoirse.gallagher@example.org | Denver
Tobias Engel | tobias.engel@example.net | Broomfield
Umber & Ash Tableware | studio@umberandash.example.com | Boulder
Valentina Rossi | valentina.rossi@example.com | Arvada
Wendell Carmichael | wendell.carmichael@example.org | Timnath
Yusuf Demir | yusuf.demir@example.net | Thornton
Old Town Gallery | curator@oldtowngallery.example.com | Fort Collins
"""

# number | day | customer | sku x quantity ...
INVOICES = """
1001 | 2026-06-03 | Blue Spruce Community Center | RK-300 x 2
1002 | 2026-06-08 | Amara Lindqvist | WT-101 x 1, KIT-CLAY x 1
1003 | 2026-06-11 | Kestrel Coffee Roasters | KIT-MUG x 12
1004 | 2026-06-17 | Foothills Montessori School | KC-050 x 6
1005 | 2026-06-22 | Graham Whitlock | GL-150 x 1, KIT-GLAZE x 2
1006 | 2026-06-29 | Hana Kobayashi | MB-MONTH x 3
1007 | 2026-07-02 | Priya Natarajan | WT-201 x 1, TL-TRIM x 1
1008 | 2026-07-07 | Desert Willow Gallery | KIT-MUG x 8, KIT-GLAZE x 4
1009 | 2026-07-13 | Odette Fairbanks | CO-060 x 2
1010 | 2026-07-16 | Poudre Valley Library | BK-POT x 10
1011 | 2026-07-22 | O'Malley & Daughters | WT-101 x 2, KIT-CLAY x 2
1012 | 2026-07-29 | Umber & Ash Tableware | KILN-SH x 20
"""

# day | customer | amount | invoice or nothing | method | reference | deposit to
PAYMENTS = """
2026-06-10 | Amara Lindqvist | 288.00 | 1002 | Credit Card | ch-70412 | Undeposited Funds
2026-06-19 | Blue Spruce Community Center | 600.00 | 1001 | Check | 20881 | Checking
2026-06-25 | Kestrel Coffee Roasters | 200.00 | 1003 | Check | 1190 | Checking
2026-07-06 | Graham Whitlock | 223.00 | 1005 | PayPal | 9XK41207 | Checking
2026-07-15 | Odette Fairbanks | 170.00 | 1009 | Credit Card | ch-70977 | Undeposited Funds
2026-07-20 | Foothills Montessori School | 585.00 | 1004 | Check | 33057 | Checking
2026-07-28 | Hana Kobayashi | 250.00 | 1006 | Credit Card | ch-71230 | Undeposited Funds
"""

CLOSED_ON = "2026-06-30"


def fill(company: Company) -> None:
    """Write the books. Ids are the same every time: each list is numbered from 1 in the order above."""
    state_facts(company, name="Bramble & Birch Studio", closed_on=None)
    accounts = make_accounts(company, CHART)
    make_terms_and_methods(company)
    items = _make_items(company, accounts)
    customers = _make_names(company)
    company.store.settings["default_item"] = items["MISC"]
    company.store.settings["discount_account"] = accounts["Discounts Given"]
    invoices = _make_invoices(company, items, customers)
    _make_payments(company, accounts, customers, invoices)
    preferences = company.books.preferences
    closed = {**preferences["AccountingInfoPrefs"], "BookCloseDate": CLOSED_ON}
    company.store.put("Preferences", {**preferences, "AccountingInfoPrefs": closed}, "1")


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _make_items(company: Company, accounts: dict[str, str]) -> dict[str, str]:
    ids = {}
    for name, sku, kind, account in _rows(ITEMS):
        price = {"UnitPrice": Decimal(PRICES[sku])} if sku in PRICES else {}
        income = {"value": accounts[account]}
        ids[sku] = company.make("Item", Name=name, Sku=sku, Type=kind, IncomeAccountRef=income, **price)["Id"]
    return ids


def _make_names(company: Company) -> dict[str, str]:
    ids = {}
    for name, email, town in _rows(CUSTOMERS):
        address = {"City": town, "CountrySubDivisionCode": "CO", "Country": "USA"}
        body = {"DisplayName": name, "PrimaryEmailAddr": {"Address": email}, "BillAddr": address}
        if name == "Priya Natarajan":
            net_15 = company.store.tables["Term"].ids("Name", "net 15")
            body["SalesTermRef"] = {"value": next(iter(net_15))}
        ids[name] = company.make("Customer", **body)["Id"]
    gallery = company.books.named("Customer", ids["Old Town Gallery"])
    company.make("Customer", Id=gallery["Id"], SyncToken=gallery["SyncToken"], sparse=True, Active=False)
    company.make("Vendor", DisplayName="Harbor Print Co", CompanyName="Harbor Print Co")
    company.make("Vendor", DisplayName="Front Range Clay Supply", CompanyName="Front Range Clay Supply")
    company.make("Employee", GivenName="Dana", FamilyName="Whitfield")
    return ids


def _make_invoices(company: Company, items: dict[str, str], customers: dict[str, str]) -> dict[str, str]:
    ids = {}
    for number, day, customer, sold in _rows(INVOICES):
        lines = [_line(company, items, part) for part in sold.split(",")]
        record = company.make(
            "Invoice", DocNumber=number, TxnDate=day, CustomerRef={"value": customers[customer]}, Line=lines
        )
        ids[number] = record["Id"]
    return ids


def _line(company: Company, items: dict[str, str], sold: str) -> dict[str, object]:
    sku, _, count = (part.strip() for part in sold.partition(" x "))
    price, quantity = Decimal(PRICES[sku]), Decimal(count)
    return {
        "Amount": price * quantity,
        "Description": company.books.named("Item", items[sku])["Name"],
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": items[sku]}, "Qty": quantity, "UnitPrice": price},
    }


def _make_payments(
    company: Company, accounts: dict[str, str], customers: dict[str, str], invoices: dict[str, str]
) -> None:
    methods = {record["Name"]: record["Id"] for record in company.books.all("PaymentMethod")}
    for day, customer, amount, invoice, method, reference, account in _rows(PAYMENTS):
        owed = company.books.named("Invoice", invoices[invoice])["TotalAmt"]
        link = {"TxnId": invoices[invoice], "TxnType": "Invoice"}
        company.make(
            "Payment",
            TxnDate=day,
            CustomerRef={"value": customers[customer]},
            TotalAmt=Decimal(amount),
            PaymentMethodRef={"value": methods[method]},
            PaymentRefNum=reference,
            DepositToAccountRef={"value": accounts[account]},
            Line=[{"Amount": min(Decimal(amount), owed), "LinkedTxn": [link]}],
        )
