"""A deployment as an operator reaches it: its outputs, clients, and the settings its functions run with."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from infra import Stop, cloudformation, local
from infra.deploy import APPLICATION, Destination, from_shell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.table.table import Table


@dataclass(frozen=True)
class Deployed:
    """A stack that is there, and how to speak to its services."""

    stack_name: str
    place: Destination

    @cached_property
    def outputs(self) -> "Mapping[str, str]":
        """The stack's outputs."""
        return cloudformation.outputs(self.place.client("cloudformation"), self.stack_name)

    @cached_property
    def functions(self) -> dict[str, str]:
        """The functions' names by their logical ids."""
        pages = (
            self.place.client("cloudformation")
            .get_paginator("list_stack_resources")
            .paginate(StackName=self.stack_name)
        )
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages
            for one in page["StackResourceSummaries"]
            if one["ResourceType"] == "AWS::Lambda::Function"
        }

    def function(self, logical_id: str) -> str:
        """The name of a function. Raises ``Stop`` where the stack has none of that logical id."""
        if logical_id not in self.functions:
            raise Stop(f"{self.stack_name} has no function {logical_id}; it has {', '.join(self.functions)}.")
        return self.functions[logical_id]

    def client(self, service: str, **options: Any) -> Any:
        """A client of a service there, with the operator's own credentials. ``options`` are botocore's."""
        return self.place.client(service, **options)

    @cached_property
    def table(self) -> "Table":
        """The deployment's table."""
        from chalicelib.table.table import Table

        return Table(self.client("dynamodb"), self.outputs["TableName"])

    def adopt_settings(self) -> None:
        """Lets this process run use cases with the settings that the deployment's API has."""
        function = self.client("lambda").get_function_configuration(FunctionName=self.function("APIHandler"))
        os.environ.update(function["Environment"]["Variables"])
        if self.place.endpoint_url:
            os.environ["AWS_ENDPOINT_URL"] = self.place.endpoint_url


def find(stage: str | None) -> Deployed:
    """The stage's deployment in the shell's account, or the local stack that `make run` serves where none is named.

    Raises ``Stop`` where there is none.
    """
    if stage is None:
        try:
            info = local.running()
        except Stop as stop:
            raise Stop(f"{stop}\nOr name a deployment in the shell's account: --stage prod") from None
        return Deployed(local.STACK_NAME, local.destination(info.endpoint_url))
    return Deployed(f"{APPLICATION}-{stage}", from_shell())
