"""Working through the customers who wait: who they are, who they could be in QuickBooks, and what was decided."""
