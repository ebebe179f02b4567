"""What is it called in the books? The accountant's decisions: products, line types, posting accounts, customers.

Others may call: `account_uses`, `addresses`, `admin.paging`, `answering`, `checking`, `copying.copy`,
`copying.report`, `fields`, `forms.base`, `forms.opened`, `forms.posting_accounts`, `kept`, `lookup`,
`matching.names`, `merged`, `missing_names`, `models`, `signals`, `states`, `suggestions`, `unsaved_forms`.
"""
