"""A HighLevel agency with its sub-accounts to test on: a strict stand-in for the vendor's API."""
