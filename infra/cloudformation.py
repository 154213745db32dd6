"""Brings one CloudFormation stack to a template, by change set: the same for a new stack and for one that exists."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from infra import Stop

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import (
        ParameterTypeDef,
        ResourceChangeTypeDef,
        StackEventTypeDef,
        StackTypeDef,
    )

Progress = Callable[[str], None]
"""Takes a line that says what is being done."""

_CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
_NOTHING_TO_DO: Final = ("didn't contain changes", "No updates are to be performed")
_MENDING: Final = {
    "ROLLBACK_COMPLETE": "Its first deployment failed. Delete it, then deploy again.",
    "UPDATE_ROLLBACK_FAILED": "Going back failed too. Continue the rollback in the console, then deploy again.",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What to bring a stack to. ``defaults`` are given to a new stack; one that exists keeps what it has."""

    stack_name: str
    template_url: str
    parameters: Mapping[str, str]
    defaults: Mapping[str, str]
    declared: Sequence[str]
    tags: Mapping[str, str]


def apply(client: "CloudFormationClient", change: Change, progress: Progress) -> dict[str, str]:
    """Makes or updates the stack and waits. Returns its outputs. Raises ``Stop`` with the events that failed."""
    seen = _last_event(client, change.stack_name) if find(client, change.stack_name) else ""
    name = _propose(client, change)
    if name is None:
        progress("nothing to change")
        return outputs(client, change.stack_name)
    client.execute_change_set(StackName=change.stack_name, ChangeSetName=name)
    _wait(client, change.stack_name, seen, progress)
    return outputs(client, change.stack_name)


def protect(client: "CloudFormationClient", stack_name: str) -> None:
    """Has CloudFormation refuse to delete the stack, whoever asks, until somebody takes that off."""
    client.update_termination_protection(StackName=stack_name, EnableTerminationProtection=True)


def differences(client: "CloudFormationClient", change: Change) -> list[str]:
    """What ``apply`` would do to the stack, one line a resource; nothing is changed."""
    name = _propose(client, change)
    if name is None:
        return []
    pages = client.get_paginator("describe_change_set").paginate(
        StackName=change.stack_name, ChangeSetName=name
    )
    lines = [_line(one.get("ResourceChange", {})) for page in pages for one in page.get("Changes", [])]
    client.delete_change_set(StackName=change.stack_name, ChangeSetName=name)
    stack = find(client, change.stack_name)
    if stack and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
        client.delete_stack(StackName=change.stack_name)
    return sorted(lines)


def remove(client: "CloudFormationClient", stack_name: str, progress: Progress) -> list[str]:
    """Deletes the stack and waits. Returns what it leaves behind, as lines. Raises ``Stop`` where it cannot."""
    stack = find(client, stack_name)
    if stack is None:
        raise Stop(f"There is no stack {stack_name}.")
    # By its id: a stack that is gone is not found by its name any more.
    stack_id = stack.get("StackId", stack_name)
    seen = _last_event(client, stack_name)
    client.delete_stack(StackName=stack_name)
    _wait(client, stack_id, seen, progress)
    return sorted(
        f"{event.get('ResourceType', '')} {event.get('PhysicalResourceId', '')}"
        for event in _events_after(client, stack_id, seen)
        if event.get("ResourceStatus") == "DELETE_SKIPPED"
    )


def _propose(client: "CloudFormationClient", change: Change) -> str | None:
    """Makes a change set and waits for its review. Its name, or None where it would change nothing."""
    existing = find(client, change.stack_name)
    status = existing["StackStatus"] if existing else "REVIEW_IN_PROGRESS"
    if status in _MENDING:
        raise Stop(f"The stack {change.stack_name} is in {status}. {_MENDING[status]}")
    new = status == "REVIEW_IN_PROGRESS"
    name = f"deploy-{uuid4().hex[:12]}"
    client.create_change_set(
        StackName=change.stack_name,
        ChangeSetName=name,
        ChangeSetType="CREATE" if new else "UPDATE",
        TemplateURL=change.template_url,
        Parameters=_parameters(change, () if new or existing is None else _names(existing)),
        Capabilities=list(_CAPABILITIES),
        Tags=[{"Key": key, "Value": value} for key, value in change.tags.items()],
    )
    if _reviewed(client, change.stack_name, name):
        return name
    client.delete_change_set(StackName=change.stack_name, ChangeSetName=name)
    return None


def _line(resource: "ResourceChangeTypeDef") -> str:
    """One resource of a change set: what happens to it, and by what."""
    replaced = " REPLACED" if resource.get("Replacement") == "True" else ""
    details = {one.get("Target", {}).get("Name", "") for one in resource.get("Details", [])} - {""}
    by = f" ({', '.join(sorted(details))})" if details else ""
    what = f"{resource.get('LogicalResourceId', '')} {resource.get('ResourceType', '')}"
    return f"{resource.get('Action', ''):7}{what}{replaced}{by}"


def find(client: "CloudFormationClient", stack_name: str) -> "StackTypeDef | None":
    """The stack, or None where there is none of that name."""
    try:
        return client.describe_stacks(StackName=stack_name)["Stacks"][0]
    except client.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def outputs(client: "CloudFormationClient", stack_name: str) -> dict[str, str]:
    """The stack's named outputs."""
    stack = find(client, stack_name)
    if stack is None:
        raise Stop(f"There is no stack {stack_name}.")
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _names(stack: "StackTypeDef") -> list[str]:
    return [parameter["ParameterKey"] for parameter in stack.get("Parameters", [])]


def _parameters(change: Change, kept: Sequence[str]) -> "list[ParameterTypeDef]":
    unknown = sorted(change.parameters.keys() - set(change.declared))
    if unknown:
        raise Stop(
            f"The template has no parameter {', '.join(unknown)}; it has {', '.join(change.declared)}."
        )
    given: list[ParameterTypeDef] = []
    for name in change.declared:
        if name in change.parameters:
            given.append({"ParameterKey": name, "ParameterValue": change.parameters[name]})
        elif name in kept:
            given.append({"ParameterKey": name, "UsePreviousValue": True})
        elif name in change.defaults:
            given.append({"ParameterKey": name, "ParameterValue": change.defaults[name]})
    return given


def _reviewed(client: "CloudFormationClient", stack_name: str, name: str) -> bool:
    """Waits until the change set is there. False where it would change nothing."""
    review = client.describe_change_set(StackName=stack_name, ChangeSetName=name)
    for pause in _pauses():
        if review["Status"] not in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
            break
        time.sleep(pause)
        review = client.describe_change_set(StackName=stack_name, ChangeSetName=name)
    reason = review.get("StatusReason", "")
    if review["Status"] == "FAILED" and any(text in reason for text in _NOTHING_TO_DO):
        return False
    if review["Status"] == "FAILED":
        raise Stop(f"CloudFormation refused the template for {stack_name}: {reason}")
    return True


def _wait(client: "CloudFormationClient", stack_name: str, seen: str, progress: Progress) -> None:
    status, failed = "", list[str]()
    for pause in _pauses():
        stack = find(client, stack_name)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        events = _events_after(client, stack_name, seen)
        for event in events:
            seen = event["EventId"]
            # That something has begun is of no interest, and is two lines in three.
            if not event.get("ResourceStatus", "").endswith("_IN_PROGRESS"):
                progress(f"{event.get('LogicalResourceId', '')} {event.get('ResourceStatus', '')}")
            if event.get("ResourceStatus", "").endswith("_FAILED"):
                failed.append(_sentence(event))
        if not status.endswith("_IN_PROGRESS"):
            break
        time.sleep(pause)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"}:
        raise Stop("\n  ".join([f"{stack_name} is in {status}:", *failed]))


def _sentence(event: "StackEventTypeDef") -> str:
    what = f"{event.get('LogicalResourceId')} ({event.get('ResourceType')})"
    return f"{what}: {event.get('ResourceStatusReason', 'no reason given')}"


def _last_event(client: "CloudFormationClient", stack_name: str) -> str:
    events = client.describe_stack_events(StackName=stack_name)["StackEvents"]
    return events[0]["EventId"] if events else ""


def _events_after(client: "CloudFormationClient", stack_name: str, seen: str) -> "list[StackEventTypeDef]":
    """Events younger than ``seen``, oldest first."""
    fresh: list[Any] = []
    for page in client.get_paginator("describe_stack_events").paginate(StackName=stack_name):
        for event in page["StackEvents"]:
            if event["EventId"] == seen:
                return fresh[::-1]
            fresh.append(event)
    return fresh[::-1]


def _pauses() -> "Sequence[float]":
    """Seconds between looks: short at first, for the local stack; in all the two hours a deployment may take."""
    return [0.2] * 50 + [1.0] * 50 + [5.0] * 1400
