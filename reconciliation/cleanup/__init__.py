"""What is wrong in QuickBooks already: entered twice, never applied, never used, never deposited. Only read."""
