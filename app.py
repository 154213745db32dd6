"""The Chalice application: every feature's routes, and the functions that events and schedules start."""

from chalice.app import Chalice

from chalicelib.apis import APIS, FUNCTIONS
from chalicelib.documentation.routes import documentation

app = Chalice(app_name="connects")
app.api.binary_types = []

for blueprint in (*FUNCTIONS, *APIS, documentation(APIS)):
    app.register_blueprint(blueprint)
