"""Events that were given up: what lies in the queue, and handing it to its function once more."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.ops.deployment import Deployed

_AT_ONCE = 10
_HIDDEN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Failure:
    """One message of the queue: which function was to take which event, why it did not, and what to delete it by.

    ``function`` and ``event`` are None where the message says only which part of the table's stream was given up.
    """

    function: str | None
    event: dict[str, Any] | None
    reason: str
    receipt: str

    def line(self) -> str:
        """What an operator reads; the event itself may hold what a list says of people, so only its kind is shown."""
        kind = (
            ""
            if self.event is None
            else str(self.event.get("detail-type") or self.event.get("source") or "event")
        )
        return f"{self.function or 'the stream'}: {kind or 'changes of the table'}: {self.reason}"


def read(message: dict[str, Any]) -> Failure:
    """A message as Lambda's failure destinations, EventBridge's dead letters and stream mappings write it."""
    body = json.loads(message["Body"])
    receipt = message["ReceiptHandle"]
    if "requestPayload" in body:
        context, answer = body["requestContext"], body.get("responsePayload") or {}
        name = context["functionArn"].split(":")[6]
        reason = answer.get("errorType") or context.get("condition", "failed")
        return Failure(name, body["requestPayload"], str(reason), receipt)
    if "DDBStreamBatchInfo" in body:
        return Failure(None, None, str(body["requestContext"].get("condition", "failed")), receipt)
    attributes = {
        name: one.get("StringValue", "") for name, one in message.get("MessageAttributes", {}).items()
    }
    target = attributes.get("TARGET_ARN", "").split(":")
    name = target[6] if len(target) > 6 else None
    return Failure(name, body, attributes.get("ERROR_CODE", "not delivered"), receipt)


def waiting(deployed: Deployed) -> int:
    """About how many events lie in the queue."""
    answer = deployed.client("sqs").get_queue_attributes(
        QueueUrl=deployed.outputs["FailedEventsQueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def failed(deployed: Deployed) -> Iterator[str]:
    """What lies in the queue, one line an event. It stays there."""
    client, queue = deployed.client("sqs"), deployed.outputs["FailedEventsQueueUrl"]
    seen = list(_messages(deployed))
    for one in seen:
        yield read(one).line()
    for one in seen:
        client.change_message_visibility(
            QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"], VisibilityTimeout=0
        )
    if not seen:
        yield "nothing was given up"


def replay(deployed: Deployed) -> Iterator[str]:
    """Hands every event in the queue to its function again, and takes out those that were accepted.

    Functions may be given an event twice: every job of ours replaces its own output. Notices that the stream gave up
    are sent by the hourly run, so such a message is just taken out.
    """
    client, queue = deployed.client("sqs"), deployed.outputs["FailedEventsQueueUrl"]
    count = 0
    for message in _messages(deployed):
        one = read(message)
        if one.function is not None and one.function not in deployed.functions.values():
            yield f"left: {one.line()} (this deployment has no such function any more)"
            continue
        if one.function is not None and one.event is not None:
            deployed.client("lambda").invoke(
                FunctionName=one.function, InvocationType="Event", Payload=json.dumps(one.event).encode()
            )
        client.delete_message(QueueUrl=queue, ReceiptHandle=one.receipt)
        count += 1
        yield f"again: {one.line()}"
    yield f"{count} handed over; what fails again comes back to the queue"


def _messages(deployed: Deployed) -> Iterator[dict[str, Any]]:
    """Every message that is in the queue now, each once."""
    client, queue = deployed.client("sqs"), deployed.outputs["FailedEventsQueueUrl"]
    for _ in range(-(-waiting(deployed) // _AT_ONCE) + 1):
        answer = client.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=_AT_ONCE,
            VisibilityTimeout=_HIDDEN_SECONDS,
            MessageAttributeNames=["All"],
            WaitTimeSeconds=1,
        )
        yield from answer.get("Messages", [])
