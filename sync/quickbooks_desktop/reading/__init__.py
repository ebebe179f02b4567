"""Does an IIF file hold what it should? A strict reader that shares no code with the writer."""
