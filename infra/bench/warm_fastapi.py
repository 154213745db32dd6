"""The same with FastAPI and Mangum, as their documentation has it. Runs in the environment of the benchmark alone.

The functions are ``async``, which spares FastAPI a thread for each: its faster way.
"""

import json
import sys
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from mangum import Mangum

from chalicelib.auth import caller_of
from chalicelib.errors import NotAuthenticated, NotPermitted
from chalicelib.values import Id
from infra.bench.warm import PATH, Filed, Report, check_manager, file_report


async def managers(request: Request, organization_id: Id) -> None:
    """Refuses everyone else."""
    try:
        check_manager(caller_of(request.scope["aws.event"]["requestContext"]), organization_id)
    except NotAuthenticated as error:
        raise HTTPException(401, error.detail) from error
    except NotPermitted as error:
        raise HTTPException(403, error.detail) from error


async def put_report(
    request: Request,
    organization_id: Id,
    body: Report,
    response: Response,
    _: Annotated[Any, Depends(managers)],
) -> Filed:
    """Files a report."""
    filed = file_report(organization_id, body)
    response.headers["ETag"] = f'"{filed.version}"'
    # The line a request that the application writes itself, written just as cheaply.
    context = request.scope["aws.event"]["requestContext"]
    line = {"level": "INFO", "message": "request", "route": f"PUT {PATH}", "status": 200}
    sys.stdout.write(json.dumps({**line, "request_id": context.get("requestId", "")}) + "\n")
    return filed


app = FastAPI(title="Reports")
app.put(PATH)(put_report)
handler = Mangum(app, lifespan="off")
