"""Does a test fail for each small mistake in the rules about money? `make mutants`, or `python -m tools.mutants`.

Each mutant is one wrong operator in one module. It is killed when a test fails, or when the tests take far longer than
they should; a survivor is a rule that no test holds, or a change that means nothing.

Tests are collected once, and run once as they are while it is noted which function of the rules each of them calls.
Then each mutant has a fork of that process, in which the code of one function is exchanged and only the tests that call
the function are run, the quick ones first. What importing runs is tried in a fork that imports the mutant anew. Nothing
is ever written.
"""
