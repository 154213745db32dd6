"""How a command ends: with its result, or with one sentence on standard error and an exit status that says so."""

import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import ConnectsError
from infra import Stop

INTERRUPTED = 130
"""The exit status of a command that Ctrl-C ended, as shells have it."""


def run(main: Callable[[], None]) -> None:
    """Runs a command line. Whatever a person can do something about is told in words, and not by a traceback."""
    try:
        main()
    except (Stop, ConnectsError) as stop:
        sys.exit(str(stop))
    except ClientError as error:
        sys.exit(refusal(error))
    except BotoCoreError as error:
        sys.exit(f"AWS cannot be asked: {error}")
    except BrokenPipeError:
        # Whoever reads has enough, as `head` does. Nothing more is written, at the end neither.
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. What AWS was asked to do goes on there.\n")
        sys.exit(INTERRUPTED)


def refusal(error: ClientError) -> str:
    """What AWS refused, and why: for want of a right, for an input, or because something is not there."""
    told = error.response.get("Error", {})
    return f"AWS refused {error.operation_name}: {told.get('Message', 'no reason given')} ({told.get('Code', '?')})"
