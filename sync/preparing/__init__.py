"""Makes documents of staged orders and the accountant's decisions, or says every problem at once.

The builders are pure. Here, too: what a change of an order or of the mapping would do to what is posted.

Others may call: `builders.plan`, `builders.refund`, `builders.reversal`, `changes`, `events`, `failed_records`,
`prepare`, `preview`, `shared_numbers`, `what_if`.
"""
