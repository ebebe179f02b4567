"""What QuickBooks has already: searched for, shown, and adopted by a person's word."""
