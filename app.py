"""The Chalice application: every feature's routes, and the functions that events and schedules start."""

from chalice.app import Chalice

from chalicelib.registration import register

app = Chalice(app_name="connects")
app.api.binary_types = []

register(app)
