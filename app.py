"""The Chalice application: every feature's routes, and the functions that events and schedules start."""

import gc

# Nearly all that a cold start makes stays: to look through it 120 times for what does not is a tenth of a first answer.
gc.set_threshold(30_000)

from chalice.app import Chalice  # noqa: E402 - what is imported is made, too

from chalicelib.registration import register  # noqa: E402

app = Chalice(app_name="connects")
app.api.binary_types = []

register(app)
