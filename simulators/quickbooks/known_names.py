"""Which properties does QuickBooks know that this company does not keep? They are taken and dropped, as it does.

By the type's name in Intuit's schema; only a name that is in neither list is unknown, 2010.
"""

from __future__ import annotations

from collections.abc import Mapping


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ANY = _names(
    """domain status sparse MetaData CustomField AttachableRef Overview NameAndId IntuitObject Tag
        CustomExtensions"""
)
_TRANSACTION = _names(
    """DocNumber TxnDate DepartmentRef CurrencyRef ExchangeRate PrivateNote TxnStatus LinkedTxn
        TxnTaxDetail TxnSource TaxFormType TaxFormNum TransactionLocationType TxnApprovalInfo RecurDataRef
        RecurringInfo ProjectRef HomeTotalAmt TotalAmt TrackingNum"""
)
_SALE = _TRANSACTION | _names(
    """AutoDocNumber CustomerMemo BillAddr ShipAddr ShipFromAddr RemitToRef ClassRef SalesTermRef DueDate
        SalesRepRef PONumber FOB ShipMethodRef ShipDate GlobalTaxCalculation ApplyTaxAfterDiscount
        TemplateRef PrintStatus EmailStatus BillEmail BillEmailCc BillEmailBcc ARAccountRef Balance
        HomeBalance FinanceCharge PaymentMethodRef PaymentRefNum PaymentType CheckPayment CreditCardPayment
        DepositToAccountRef DeliveryInfo DiscountRate DiscountAmt GovtTxnRefIdentifier TaxExemptionRef
        FreeFormAddress InvoiceStatus InvoiceStatusLog CallToAction InvoiceLink AllowIPNPayment
        AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment EInvoiceStatus
        ECloudStatusTimeStamp Deposit SalesEx InvoiceEx InvoiceRef ReimburseChargeRef TxnSerialNumber
        CreditCardRefundInfo CheckNum ExpirationDate AcceptedBy AcceptedDate RemainingCredit HomeAmtDue
        DirectPayment"""
)
_PERSON = _names(
    """Organization Title GivenName MiddleName FamilyName Suffix FullyQualifiedName CompanyName DisplayName
        PrintOnCheckName UserId Active PrimaryPhone AlternatePhone Mobile Fax PrimaryEmailAddr WebAddr
        OtherContactInfo DefaultTaxCodeRef Notes V4IDPseudonym AcctNum ContactName AltContactName Source
        GSTIN GSTRegistrationType BusinessNumber HasTPAR TaxIdentifier TaxReportingBasis ClientEntityId
        GeoCode Greeting"""
)
_CUSTOMER = _PERSON | _names(
    """Taxable BillAddr ShipAddr OtherAddr Job BillWithParent RootCustomerRef ParentRef Level
        CustomerTypeRef SalesTermRef SalesRepRef TaxGroupCodeRef TaxRateRef PaymentMethodRef CCDetail
        PriceLevelRef Balance OpenBalanceDate BalanceWithJobs CreditLimit OverDueBalance TotalRevenue
        TotalExpense PreferredDeliveryMethod ResaleNum JobInfo TDSEnabled CustomerEx SecondaryTaxIdentifier
        ARAccountRef PrimaryTaxIdentifier TaxExemptionReasonId IsProject ProjectStatus ProjectDueDate
        CurrencyRef PrimaryContact ShipMethodRef"""
)
_VENDOR = _PERSON | _names(
    """TaxCountry BillAddr ShipAddr OtherAddr TermRef PrefillAccountRef Balance OpenBalanceDate CreditLimit
        Vendor1099 T4AEligible T5018Eligible CurrencyRef APAccountRef VendorEx VendorTypeRef BillRate
        CostRate VendorPaymentBankDetail TaxCodeRef PrimaryTaxIdentifier"""
)
_EMPLOYEE = _PERSON | _names(
    """EmployeeType EmployeeNumber SSN PrimaryAddr OtherAddr BillableTime BillRate BirthDate Gender
        HiredDate ReleasedDate UseTimeEntry EmployeeEx CostRate"""
)
_LINE = _names(
    """LineNum Description Amount Received LinkedTxn DetailType LineEx ProjectRef CustomField
        PaymentLineDetail DiscountLineDetail TaxLineDetail SalesItemLineDetail DescriptionLineDetail
        ItemBasedExpenseLineDetail AccountBasedExpenseLineDetail DepositLineDetail
        PurchaseOrderItemLineDetail ItemReceiptLineDetail JournalEntryLineDetail GroupLineDetail
        SubTotalLineDetail SalesOrderItemLineDetail TDSLineDetail ReimburseLineDetail
        ItemAdjustmentLineDetail Qty UOM CustomExtensions"""
)
_ITEM_DETAIL = _names(
    """ItemRef ClassRef UnitPrice RatePercent PriceLevelRef MarkupInfo Qty UOMRef ItemAccountRef
        InventorySiteRef TaxCodeRef TaxClassificationRef ServiceDate TaxInclusiveAmt DiscountRate
        DiscountAmt ItemGroupId SalesItemLineDetailEx DeferredRevenue CustomerRef BillableStatus
        ServiceEndDate"""
)
_EXPENSE_DETAIL = _ITEM_DETAIL | _names("AccountRef TaxAmount ExpenseDetailLineDetailEx SalesPrice")

_BY_TYPE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate"), _SALE),
    "Payment": _TRANSACTION
    | _names(
        """CustomerRef ARAccountRef DepositToAccountRef PaymentMethodRef PaymentRefNum PaymentType CheckPayment
        CreditCardPayment UnappliedAmt ProcessPayment PaymentEx TaxExemptionRef RemitToRef"""
    ),
    "JournalEntry": _TRANSACTION
    | _names(
        """Adjustment HomeCurrencyAdjustment EnteredInHomeCurrency JournalEntryEx GlobalTaxCalculation"""
    ),
    "Deposit": _TRANSACTION
    | _names(
        """DepositToAccountRef ClassRef GlobalTaxCalculation CashBack DepositEx HomeTotalAmt"""
    ),
    "Purchase": _TRANSACTION
    | _names(
        """AccountRef PaymentMethodRef PaymentRefNum EntityRef RemitToAddr Credit Print PrintStatus CheckNum
        Memo GlobalTaxCalculation PurchaseEx PaymentType IncludeInAnnualTPAR ReimbursableRef"""
    ),
    "Customer": _CUSTOMER,
    "Vendor": _VENDOR,
    "Employee": _EMPLOYEE,
    "Item": _names(
        """Name Sku Description Active SubItem ParentRef Level FullyQualifiedName Taxable SalesTaxIncluded
        PercentBased UnitPrice RatePercent Type PaymentMethodRef UOMSetRef IncomeAccountRef PurchaseDesc
        PurchaseTaxIncluded PurchaseCost ExpenseAccountRef COGSAccountRef AssetAccountRef PrefVendorRef
        AvgCost TrackQtyOnHand QtyOnHand QtyOnPurchaseOrder QtyOnSalesOrder ReorderPoint ManPartNum
        DepositToAccountRef SalesTaxCodeRef PurchaseTaxCodeRef InvStartDate BuildPoint PrintGroupedItems
        SpecialItem SpecialItemType ItemGroupDetail ItemAssemblyDetail AbatementRate ReverseChargeRate
        ServiceType ItemCategoryType Source TaxClassificationRef DeferredRevenue ClassRef ItemEx
        UQCDisplayText UQCId PriceRule ItemMobileCode"""
    ),
    "Account": _names(
        """Name SubAccount ParentRef Description FullyQualifiedName AccountAlias TxnLocationType Active
        Classification AccountType AccountSubType AccountPurposes AcctNum AcctNumExtn BankNum OpeningBalance
        OpeningBalanceDate CurrentBalance CurrentBalanceWithSubAccounts CurrencyRef TaxAccount TaxCodeRef
        OnlineBankingEnabled FIName JournalCodeRef AccountEx"""
    ),
    "Class": _names("Name SubClass ParentRef FullyQualifiedName Active Description ClassEx"),
    "Department": _names("Name SubDepartment ParentRef FullyQualifiedName Active Address DepartmentEx"),
    "Term": _names(
        """Name Active Type DiscountPercent DueDays DiscountDays DayOfMonthDue DueNextMonthDays
        DiscountDayOfMonth SalesTermEx"""
    ),
    "PaymentMethod": _names("Name Active Type PaymentMethodEx"),
    "CompanyInfo": _names(
        """CompanyName LegalName CompanyAddr CustomerCommunicationAddr LegalAddr CompanyEmailAddr
        CustomerCommunicationEmailAddr CompanyURL PrimaryPhone OtherContactInfo CompanyFileName
        FlavorStratum SampleFile CompanyUserId CompanyUserAdminEmail CompanyStartDate EmployerId
        FiscalYearStartMonth TaxYearStartMonth QBVersion Country ShipAddr OtherAddr Mobile Fax Email WebAddr
        LastImportedTime LastSyncTime SupportedLanguages DefaultTimeZone MultiByteCharsSupported NameValue
        FifoCalculationStatus CompanyInfoEx"""
    ),
    "Line": _LINE,
    "ItemGroupLine": _LINE,
    "SalesItemLineDetail": _ITEM_DETAIL,
    "ItemBasedExpenseLineDetail": _EXPENSE_DETAIL,
    "AccountBasedExpenseLineDetail": _EXPENSE_DETAIL,
    "GroupLineDetail": _names("GroupItemRef Quantity UOMRef Line ServiceDate GroupLineDetailEx"),
    "DiscountLineDetail": _names(
        """ServiceDate ClassRef TaxCodeRef DiscountRef PercentBased DiscountPercent DiscountAccountRef
        DiscountLineDetailEx"""
    ),
    "DescriptionLineDetail": _names("ServiceDate TaxCodeRef DescriptionLineDetailEx"),
    "SubTotalLineDetail": _names("ItemRef ServiceDate SubtotalLineDetailEx"),
    "TaxLineDetail": _names(
        """TaxRateRef PercentBased TaxPercent NetAmountTaxable TaxInclusiveAmount OverrideDeltaAmount
        ServiceDate TaxLineDetailEx"""
    ),
    "TxnTaxDetail": _names("DefaultTaxCodeRef TxnTaxCodeRef TotalTax TaxReviewStatus UseAutomatedSalesTax"),
    "JournalEntryLineDetail": _names(
        """PostingType Entity AccountRef ClassRef DepartmentRef TaxCodeRef TaxRateRef TaxApplicableOn TaxAmount
        TaxInclusiveAmt BillableStatus JournalCodeRef JournalEntryLineDetailEx"""
    ),
    "DepositLineDetail": _names(
        """Entity ClassRef AccountRef PaymentMethodRef CheckNum TxnType TaxCodeRef TaxApplicableOn
        DepositLineDetailEx"""
    ),
    "TaxService": _names("Id SyncToken Fault"),
    "TaxRateDetails": _names("Id"),
    "Attachable": _names(
        """FileName FileAccessUri TempDownloadUri Size ContentType Category Lat Long PlaceName Note
        ThumbnailFileAccessUri ThumbnailTempDownloadUri AttachableEx"""
    ),
}  # fmt: skip

#: Entities of the API that this company does not keep: a query or change data capture finds none of them.
NOT_KEPT = {
    name.lower(): name
    for name in sorted(
        _names(
            """Bill BillPayment VendorCredit Transfer PurchaseOrder TimeActivity Budget CreditCardPayment
        InventoryAdjustment ReimburseCharge RecurringTransaction CustomerType JournalCode TaxPayment
        StatementCharge ChargeCredit SalesOrder"""
        )
    )
}


def knows(type_name: str, name: str) -> bool:
    """Whether QuickBooks' own type has the property."""
    return name in _BY_TYPE.get(type_name, frozenset()) or (name in _ANY and type_name in _BY_TYPE)
