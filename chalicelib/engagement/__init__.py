"""What organizations did in a year, counted in the transactions that do it."""
