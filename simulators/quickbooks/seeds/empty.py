"""What is in the books of a company that has just begun? A few accounts, terms and payment methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .facts import make_accounts, make_terms_and_methods, state_facts

if TYPE_CHECKING:
    from ..company import Company

CHART = """
Checking | Bank | Checking
Undeposited Funds | Other Current Asset | UndepositedFunds
Accounts Receivable | Accounts Receivable | AccountsReceivable
Accounts Payable | Accounts Payable | AccountsPayable
Opening Balance Equity | Equity | OpeningBalanceEquity
Retained Earnings | Equity | RetainedEarnings
Services | Income | ServiceFeeIncome
Sales of Product Income | Income | SalesOfProductIncome
Discounts Given | Income | DiscountsRefundsGiven
Cost of Goods Sold | Cost of Goods Sold | SuppliesMaterialsCogs
Office Expenses | Expense | OfficeGeneralAdministrativeExpenses
"""


def fill(company: Company) -> None:
    """Write the books."""
    state_facts(company, name="Empty Rehearsal Company", closed_on=None)
    make_accounts(company, CHART)
    make_terms_and_methods(company)
