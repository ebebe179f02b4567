"""What waits on the accounts that money only passes through, how old is it, and what took the rest to the bank?"""
