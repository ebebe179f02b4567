"""What comes from outside, read within limits: one reader of numbers, of JSON and of workbooks for every door."""
