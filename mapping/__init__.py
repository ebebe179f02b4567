"""What is it called in the books? The accountant's decisions: products, line types, posting accounts, customers.

Others may call: `account_chart`, `account_uses`, `admin.decisions`, `answering`, `company_lists`, `copying.copy`,
`copying.report`, `customer_decisions`, `customer_lookup`, `customer_states`, `customer_suggestions`, `forms.base`,
`forms.decision_pages`, `forms.source_settings`, `item_uses`, `kept_suggestions`, `left_to_map`, `lookup`,
`matching.customer_candidates`, `matching.customers`, `matching.item_candidates`, `matching.item_rules`,
`matching.names`, `models`, `name_checks`, `posting_settings`, `product_states`, `shared_skus`, `sheets.validate`,
`sheets.workbook`, `source_systems`, `undecided`, `unmatched`.
"""
