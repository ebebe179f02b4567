"""What does a person have Tieout do to QuickBooks' items? Create one, or give one another income account."""
