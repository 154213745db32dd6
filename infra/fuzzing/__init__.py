"""Strangers with a generator: attacks on the API of a throwaway stack, made from the API's own document."""
