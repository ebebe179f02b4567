"""What does a spreadsheet of decisions hold, what would it change, and how is it saved?"""
