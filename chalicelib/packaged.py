"""What a package (infra/package.py) carries beside the modules, made beforehand: no cold start has to make it."""

from pathlib import Path
from typing import Final

ROUTES: Final = Path(__file__).with_name("routes.json")
"""Which module answers what."""
DOCUMENT: Final = Path(__file__).with_name("openapi.json")
"""The API's document, as it is served."""
