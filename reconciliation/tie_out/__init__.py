"""Do the books still say what the source says? For a period, to the cent, with a reason for every difference."""
