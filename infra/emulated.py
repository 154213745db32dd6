"""What the emulated AWS needs said differently. The application, its package and infra/template.yaml stay the same."""

from copy import deepcopy
from typing import Any, Final

UNKNOWN: Final = frozenset(
    {"AWS::WAFv2::WebACLAssociation", "AWS::CE::AnomalyMonitor", "AWS::CE::AnomalySubscription"}
)
"""Types of resources that the emulator does not have. Nothing refers to them."""

MAIL: Final = {"MailFrom": "notices@connects.example", "AdministratorsMail": "admin@connects.example"}
"""Parameters a new stack gets there, unless it is given others: its mail goes nowhere, and shows to whoever asks."""


def for_emulator(template: dict[str, Any], endpoint_url: str) -> dict[str, Any]:
    """The template in the form the emulator deploys rightly.

    - It overlooks gateway responses inside the API document, so each is a resource beside it as well.
    - It is spoken to without TLS, on this machine only, so policies that refuse that are left out.
    - A user pool's issuer is an address at AWS there too, so the keys are fetched from the emulator.
    - It knows no firewall associations and watches no costs.
    - It adds no metrics up: an alarm on a sum watches the first of what is added.
    - It does not tell policies what a mail is sent from.
    - The API is found by its id in a path; links in mails lead there, and the output EndpointURL says so.
    """
    adapted = deepcopy(template)
    adapted["Resources"] = {
        name: resource for name, resource in adapted["Resources"].items() if resource["Type"] not in UNKNOWN
    }
    for logical_id in (
        "UploadsBucketPolicy",
        "ReleasesBucketPolicy",
        "StateBucketPolicy",
        "FailedEventsPolicy",
    ):
        _allow_plain_http(adapted["Resources"], logical_id)
    for resource in adapted["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            _mail_from_anywhere(resource)
        if "Metrics" in resource.get("Properties", {}):
            _watch_the_first(resource["Properties"])
    api = adapted["Resources"]["RestAPI"]["Properties"]
    for response_type, response in api["GatewayResponses"].items():
        # A deployment captures the responses there are when it is made. Resources of one rank are made in the order of
        # their names, so these must come before RestAPIDeployment….
        name = f"GatewayResponse{response_type.title().replace('_', '')}"
        adapted["Resources"][name] = _gateway_response(response_type, response)
    variables = adapted["Globals"]["Function"]["Environment"]["Variables"]
    pool_keys = {"Fn::Sub": f"{endpoint_url}/${{UserPool}}/.well-known/jwks.json"}
    variables["CONNECTS_JWKS_URL"] = {"Fn::If": ["OwnIssuer", pool_keys, variables["CONNECTS_JWKS_URL"]]}
    # By its id in the path, so that no host name must resolve.
    own_url = {"Fn::Sub": f"{endpoint_url}/_aws/execute-api/${{RestAPI}}/api"}
    adapted["Outputs"]["EndpointURL"]["Value"] = own_url
    for function in adapted["Resources"].values():
        own = function.get("Properties", {}).get("Environment", {}).get("Variables", {})
        if "CONNECTS_PUBLIC_BASE_URL" in own:
            own["CONNECTS_PUBLIC_BASE_URL"] = own_url
    return adapted


def _allow_plain_http(resources: dict[str, Any], logical_id: str) -> None:
    document = resources[logical_id]["Properties"]["PolicyDocument"]
    document["Statement"] = [one for one in document["Statement"] if one.get("Sid") != "TlsOnly"]
    if not document["Statement"]:
        del resources[logical_id]


def _mail_from_anywhere(role: dict[str, Any]) -> None:
    for policy in role["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement.get("Action") == "ses:SendEmail":
                statement["Resource"] = "*"
                statement.pop("Condition", None)


def _watch_the_first(alarm: dict[str, Any]) -> None:
    _, first, *_ = alarm.pop("Metrics")
    watched = first["MetricStat"]
    alarm |= {**watched["Metric"], "Period": watched["Period"], "Statistic": watched["Stat"]}


def _gateway_response(response_type: str, response: dict[str, Any]) -> dict[str, Any]:
    headers = response["ResponseParameters"]["Headers"]
    return {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": "RestAPI"},
            "ResponseType": response_type,
            "StatusCode": response["StatusCode"],
            "ResponseParameters": {
                f"gatewayresponse.header.{name}": value for name, value in headers.items()
            },
            "ResponseTemplates": response["ResponseTemplates"],
        },
    }
