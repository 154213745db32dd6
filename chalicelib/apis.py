"""The features' routes, in the order in which the API's document shows them, and the functions besides the API."""

from chalicelib.auth import tokens

APIS = ()
FUNCTIONS = (tokens,)
