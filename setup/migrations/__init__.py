"""How the tables of setup came to be."""
