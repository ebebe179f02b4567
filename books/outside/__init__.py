"""What comes from outside, read within limits: one reader of texts, of JSON and of workbooks for every door."""
