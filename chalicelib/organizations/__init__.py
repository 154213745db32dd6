"""Shops, dealerships, schools and sponsors, the owner groups they belong to, and the directory of them."""
