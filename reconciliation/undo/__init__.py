"""Take posted documents out of QuickBooks again: a plan that is shown whole, then carried out step by step."""
