"""Do the books say what the source says? The screens of the operations team, and the fixes of issues.

Nothing is imported from here but by the addresses in `config`.
"""
