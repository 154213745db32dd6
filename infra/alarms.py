"""The alarms and the dashboard of a deployment, made from its functions, so that a new function has them by itself.

Every alarm goes to the topic of infra/observing.yaml, and says in its description what to do.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

HOUR: Final = 3600
_SERVICE: Final = {"service": {"Fn::Sub": "connects-${Stage}"}}
_TABLE: Final = {"TableName": {"Ref": "Table"}}
_INDEXES: Final = ("directory", "nearby", "contributions")
_THROTTLED: Final = ("ReadThrottleEvents", "WriteThrottleEvents")


def _of_index(name: str) -> dict[str, Any]:
    return {**_TABLE, "GlobalSecondaryIndexName": name}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: ``name`` is its logical id. It goes off when the statistic reaches or falls below ``threshold``.

    ``others`` are further metrics with their dimensions, which are added to the first before that is compared.
    """

    name: str
    what: str
    namespace: str
    metric: str
    dimensions: Mapping[str, Any]
    threshold: float = 1
    statistic: str = "Sum"
    period: int = 300
    periods: Any = 1
    below: bool = False
    missing: str = "notBreaching"
    condition: str = ""
    others: Sequence[tuple[str, Mapping[str, Any]]] = ()

    def resource(self) -> dict[str, Any]:
        """The CloudFormation resource."""
        properties: dict[str, Any] = {
            "AlarmDescription": {"Fn::Sub": self.what} if "${" in self.what else self.what,
            "EvaluationPeriods": self.periods,
            "Threshold": self.threshold,
            "ComparisonOperator": "LessThanThreshold" if self.below else "GreaterThanOrEqualToThreshold",
            "TreatMissingData": self.missing,
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
        }
        if self.others:
            properties["Metrics"] = list(self._sum())
        else:
            properties |= self._metric(self.metric, self.dimensions)
            properties |= {"Statistic": self.statistic, "Period": self.period}
        made: dict[str, Any] = {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
        if self.condition:
            made["Condition"] = self.condition
        return made

    def _metric(self, metric: str, dimensions: Mapping[str, Any]) -> dict[str, Any]:
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        return {"Namespace": self.namespace, "MetricName": metric, "Dimensions": named}

    def _sum(self) -> Iterator[dict[str, Any]]:
        """All metrics, and their sum: what has no data at a time counts as nothing."""
        yield {"Id": "total", "Expression": "SUM(FILL(METRICS(), 0))", "Label": self.name, "ReturnData": True}
        for number, one in enumerate([(self.metric, self.dimensions), *self.others]):
            stat = {"Metric": self._metric(*one), "Period": self.period, "Stat": self.statistic}
            yield {"Id": f"m{number}", "MetricStat": stat, "ReturnData": False}


def ours(name: str, metric: str, what: str, **options: Any) -> Alarm:
    """An alarm on a metric that the application itself counts."""
    return Alarm(name, what, "Connects", metric, _SERVICE, **options)


STANDING: Final = (
    ours(
        "GateRefusedAlarm",
        "GateRefused",
        "The gate refused to publish a night: what was computed would disclose somebody. The old release stays. "
        "The log of PublishNightly names the cells. Simulate and audit before anything else.",
    ),
    ours(
        "NoNightAlarm",
        "NightsDone",
        "No night was finished for longer than a day: statistics are getting old. "
        "Look at the log of PublishNightly, then: python -m infra.ops --stage ${Stage} night.",
        below=True,
        missing="breaching",
        period=HOUR,
        periods={"Ref": "NightlyAgeHours"},
    ),
    ours(
        "LinesSetAsideAlarm",
        "LinesSetAside",
        "Items of the table could not be read and did not count in a night. The log of PublishNightly names the "
        "organizations; the night itself is sound.",
    ),
    ours(
        "ItemsSetAsideAlarm",
        "ItemsSetAside",
        "Items of the table could not be read and were left out of lists. The log of the function that read them "
        "names their keys: mend or delete them.",
    ),
    ours(
        "ImportFailedAlarm",
        "ImportFailed",
        "An import of a list failed after its retries. Its own page says why; dropping the same file again goes on.",
    ),
    ours(
        "TrailChangedAlarm",
        "TrailChanged",
        "An entry of the audit trail was written over or removed, which nothing of ours does. The log of WatchTrail "
        "names it; a restore of the table to the minute before shows what it said.",
    ),
    Alarm(
        "FailedEventsAlarm",
        "Events were given up after their retries. Look at them with: python -m infra.ops --stage ${Stage} failed; "
        "mend the cause, then: python -m infra.ops --stage ${Stage} replay.",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": {"Fn::GetAtt": ["FailedEvents", "QueueName"]}},
        statistic="Maximum",
    ),
    Alarm(
        "ApiErrorsAlarm",
        "The API answered with errors of its own. The log of APIHandler has a line with the request's id for each.",
        "AWS/ApiGateway",
        "5XXError",
        {"ApiName": {"Ref": "AWS::StackName"}, "Stage": {"Fn::Sub": "${RestAPI.Stage}"}},
        threshold=5,
    ),
    Alarm(
        "TableThrottledAlarm",
        "The table refused requests for their rate. On-demand tables grow within minutes; if it stays, one "
        "partition is hot: look at the contributor insights of the table.",
        "AWS/DynamoDB",
        "ReadThrottleEvents",
        _TABLE,
        threshold=10,
        # The table's own number leaves out its indexes, and requests are counted by operation only.
        others=(
            ("WriteThrottleEvents", _TABLE),
            *((metric, _of_index(name)) for name in _INDEXES for metric in _THROTTLED),
        ),
    ),
    Alarm(
        "NoticesLateAlarm",
        "Notices wait in the table's stream for longer than ten minutes. Look at the log of DeliverNotices; what the "
        "stream gives up, the hourly run sends.",
        "AWS/Lambda",
        "IteratorAge",
        {"FunctionName": {"Ref": "DeliverNotices"}},
        threshold=600_000,
        statistic="Maximum",
    ),
    Alarm(
        "MailBouncesAlarm",
        "One mail in twenty of this account comes back. SES stops accounts at one in ten: look at what was sent to "
        "whom, and turn mail off if it goes on (make deploy STAGE=${Stage} SET='MailFrom=').",
        "AWS/SES",
        "Reputation.BounceRate",
        {},
        threshold=0.05,
        statistic="Average",
        period=HOUR,
        condition="SendsMail",
    ),
    Alarm(
        "MailComplaintsAlarm",
        "One mail in a thousand of this account is marked as spam. SES stops accounts at one in two hundred: look at "
        "what was sent to whom, and turn mail off if it goes on (make deploy STAGE=${Stage} SET='MailFrom=').",
        "AWS/SES",
        "Reputation.ComplaintRate",
        {},
        threshold=0.001,
        statistic="Average",
        period=HOUR,
        condition="SendsMail",
    ),
)
"""What is watched besides each function."""


def add_to(template: dict[str, Any]) -> None:
    """Adds alarms for everything that stands and for each function, and the dashboard."""
    functions = [
        name for name, one in template["Resources"].items() if one["Type"] == "AWS::Serverless::Function"
    ]
    alarms = [*STANDING, *(alarm for name in functions for alarm in _of_function(name))]
    for alarm in alarms:
        template["Resources"][alarm.name] = alarm.resource()
    # Nothing may refer to a resource that is there under a condition only.
    always = [alarm.name for alarm in alarms if not alarm.condition]
    template["Resources"]["Dashboard"] = _dashboard(functions, always)


def _of_function(name: str) -> Iterator[Alarm]:
    about = {"FunctionName": {"Ref": name}}
    yield Alarm(
        f"{name}ErrorsAlarm",
        f"{name} failed. Its log says where; what it could not do is retried, and then lies in the queue FailedEvents.",
        "AWS/Lambda",
        "Errors",
        about,
    )
    yield Alarm(
        f"{name}ThrottlesAlarm",
        f"{name} was not started for want of concurrency. Raise the account's limit of concurrent executions.",
        "AWS/Lambda",
        "Throttles",
        about,
    )


def _dashboard(functions: list[str], alarms: list[str]) -> dict[str, Any]:
    """What to look at first: the alarms, then the business, the API, the functions, and what they cost."""
    service = "connects-${Stage}"

    def graph(title: str, *metrics: list[Any], stat: str = "Sum") -> dict[str, Any]:
        return {
            "type": "metric",
            "width": 8,
            "height": 6,
            "properties": {
                "title": title,
                "region": "${AWS::Region}",
                "stat": stat,
                "period": 300,
                "metrics": list(metrics),
            },
        }

    def counted(*names: str) -> list[list[Any]]:
        return [["Connects", name, "service", service] for name in names]

    api = ["ApiName", "${AWS::StackName}", "Stage", "${RestAPI.Stage}"]
    widgets = [
        {
            "type": "alarm",
            "width": 24,
            "height": 3,
            "properties": {
                "title": "Alarms",
                "alarms": [f"${{{name}.Arn}}" for name in alarms],
            },
        },
        graph("Nights", *counted("NightsDone", "GateRefused", "LinesSetAside")),
        graph("Lists", *counted("ImportDone", "ImportRefused", "ImportFailed")),
        graph(
            "Given up",
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${FailedEvents.QueueName}"],
        ),
        graph("Requests", *(["AWS/ApiGateway", name, *api] for name in ("Count", "4XXError", "5XXError"))),
        graph("Latency, p95, ms", ["AWS/ApiGateway", "Latency", *api], stat="p95"),
        graph(
            "Capacity units used",
            *(
                ["AWS/DynamoDB", name, "TableName", "${Table}"]
                for name in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
            ),
        ),
        graph("Errors", *(["AWS/Lambda", "Errors", "FunctionName", f"${{{name}}}"] for name in functions)),
        graph(
            "Duration, p95, ms",
            *(["AWS/Lambda", "Duration", "FunctionName", f"${{{name}}}"] for name in functions),
            stat="p95",
        ),
        graph(
            "Started", *(["AWS/Lambda", "Invocations", "FunctionName", f"${{{name}}}"] for name in functions)
        ),
    ]
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            # Dashboards are the account's, in all regions.
            "DashboardName": {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"},
            "DashboardBody": {"Fn::Sub": json.dumps({"widgets": widgets})},
        },
    }
