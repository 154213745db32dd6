"""The function that watches the trail: whatever writes over an entry or removes one is seen."""

from typing import Final

from chalice.app import Blueprint, DynamoDBEvent

jobs = Blueprint(__name__)

_LATER: Final = "the table's stream, which is known at deployment only"


@jobs.on_dynamodb_record(_LATER)
def watch_trail(event: DynamoDBEvent) -> dict[str, int]:
    """Counts and names what was done to entries that were there, which by the filter of its trigger is all it is given.

    Entries are only ever added. No right to change or remove one is given to a function, but rights cannot tell adding
    from writing over. Answers how many were changed; the alarm is on the metric.
    """
    from chalicelib.observability import MetricUnit, logger, metrics

    records = event.to_dict()["Records"]
    for record in records:
        key = record["dynamodb"]["Keys"]
        logger.error(
            "the trail was changed",
            extra={"partition": key["PK"]["S"], "entry": key["SK"]["S"], "change": record["eventName"]},
        )
    metrics.add_metric(name="TrailChanged", unit=MetricUnit.Count, value=len(records))
    metrics.flush_metrics()
    return {"changed": len(records)}
