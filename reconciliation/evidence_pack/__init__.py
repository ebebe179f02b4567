"""The evidence of a period in one archive: what it holds, how it is sealed, and how any change of it is found."""
