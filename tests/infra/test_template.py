"""What the deployable template promises: data is safe, rights are small, failures are seen."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

Resources = dict[str, dict[str, Any]]


def of_type(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    return {name: one.get("Properties", {}) for name, one in resources.items() if one["Type"] == kind}


def statements(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The statements of a policy, those of both branches of a condition too."""
    for one in document["Statement"]:
        for branch in one.get("Fn::If", [None, one])[1:]:
            if "Effect" in branch:
                yield branch


def role_statements(resources: Resources, function: str) -> list[dict[str, Any]]:
    role = resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
    policies = resources[role]["Properties"]["Policies"]
    return [one for policy in policies for one in statements(policy["PolicyDocument"])]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions(resources: Resources, function: str, effect: str = "Allow") -> set[str]:
    return {
        action
        for one in role_statements(resources, function)
        if one["Effect"] == effect
        for action in listed(one["Action"])
    }


# ---------------------------------------------------------------- what is kept


def test_data_outlives_its_stack(resources: Resources) -> None:
    kept = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::KMS::Key"}
    for name, one in resources.items():
        if one["Type"] in kept:
            assert one.get("DeletionPolicy") == "RetainExceptOnCreate", name
            assert one.get("UpdateReplacePolicy") == "Retain", name


def test_the_table_can_be_put_back_to_any_second(resources: Resources) -> None:
    (table,) = of_type(resources, "AWS::DynamoDB::Table").values()
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["SSESpecification"]["SSEEnabled"] is True


def test_no_bucket_is_open_unencrypted_or_forgetful(resources: Resources) -> None:
    buckets = of_type(resources, "AWS::S3::Bucket")
    assert {"UploadsBucket", "StateBucket", "ReleasesBucket"} <= buckets.keys()
    policies = {one["Bucket"]["Ref"]: one for one in of_type(resources, "AWS::S3::BucketPolicy").values()}
    for name, bucket in buckets.items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, name
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        algorithm = rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
        assert algorithm in ("AES256", {"Fn::If": ["HasKey", "aws:kms", "AES256"]}), name
        assert bucket["LifecycleConfiguration"]["Rules"], name
        tls = [one for one in statements(policies[name]["PolicyDocument"]) if one.get("Sid") == "TlsOnly"]
        assert len(tls) == 1, name
        assert (tls[0]["Effect"], tls[0]["Principal"], tls[0]["Action"]) == ("Deny", "*", "s3:*"), name
        assert tls[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}, name


def test_only_the_distribution_reads_a_bucket_from_outside(resources: Resources) -> None:
    for name, policy in of_type(resources, "AWS::S3::BucketPolicy").items():
        allowed = [one for one in statements(policy["PolicyDocument"]) if one["Effect"] == "Allow"]
        if name != "ReleasesBucketPolicy":
            assert allowed == [], name
            continue
        (reads,) = allowed
        assert reads["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert reads["Action"] == "s3:GetObject"
        assert "AWS:SourceArn" in reads["Condition"]["StringEquals"]


def test_the_key_may_be_used_by_those_who_publish_alarms(resources: Resources) -> None:
    publishes = next(statements(resources["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]))["Principal"][
        "Service"
    ]
    policy = resources["DataKey"]["Properties"]["KeyPolicy"]
    (alarms,) = [one for one in statements(policy) if one["Sid"] == "Alarms"]
    assert alarms["Principal"]["Service"] == publishes


def test_queues_are_encrypted(resources: Resources) -> None:
    for name, queue in of_type(resources, "AWS::SQS::Queue").items():
        assert queue.get("SqsManagedSseEnabled") is True, name
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600, name


# ---------------------------------------------------------------- who may do what


def test_every_function_has_a_role_and_a_log_of_its_own(resources: Resources) -> None:
    functions = of_type(resources, "AWS::Serverless::Function")
    roles = [one["Role"]["Fn::GetAtt"][0] for one in functions.values()]
    assert len(set(roles)) == len(functions)
    logs = [one["LoggingConfig"]["LogGroup"]["Ref"] for one in functions.values()]
    assert len(set(logs)) == len(functions)
    groups = of_type(resources, "AWS::Logs::LogGroup")
    assert set(groups) == {*logs, "GatewayLogs"}
    for name in groups:
        assert resources[name]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_no_role_has_a_right_to_everything(resources: Resources) -> None:
    for name in of_type(resources, "AWS::Serverless::Function"):
        for one in role_statements(resources, name):
            if one["Effect"] == "Allow":
                # Which streams there are can only be asked of all tables.
                everywhere = one["Action"] == "dynamodb:ListStreams"
                assert everywhere or "*" not in listed(one["Resource"]), (name, one["Sid"])
                assert [text for text in listed(one["Action"]) if "*" in text] == [], (name, one["Sid"])


def test_functions_neither_scan_nor_export_nor_touch_the_table_itself(resources: Resources) -> None:
    for name in of_type(resources, "AWS::Serverless::Function"):
        allowed = {action for action in actions(resources, name) if action.startswith("dynamodb:")}
        assert allowed <= {
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:Query",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:DescribeStream",
            "dynamodb:ListStreams",
        }, name


def test_the_night_reads_no_organization(resources: Resources) -> None:
    for one in role_statements(resources, "PublishNightly"):
        if one["Resource"] != {"Fn::GetAtt": ["Table", "Arn"]}:
            continue
        keys = one["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
        assert set(keys) <= {"EXCHANGE", "REVIEWS", "GEOGRAPHY"}, one["Sid"]


def test_the_api_writes_no_statistics_and_sees_no_state(resources: Resources) -> None:
    text = json.dumps(role_statements(resources, "APIHandler"))
    assert "StateBucket" not in text
    for one in role_statements(resources, "APIHandler"):
        if "s3:PutObject" in listed(one["Action"]):
            folders = {resource["Fn::Sub"] for resource in listed(one["Resource"])}
            assert folders <= {"${UploadsBucket.Arn}/imports/*", "${UploadsBucket.Arn}/continuations/*"}
    (never,) = [
        one for one in role_statements(resources, "APIHandler") if one["Sid"] == "NeverMovesTheLatestRelease"
    ]
    assert never["Effect"] == "Deny"
    keys = next(iter(never["Condition"].values()))["dynamodb:LeadingKeys"]
    assert next(iter(never["Condition"])).startswith("ForAnyValue:")
    assert {"EXCHANGE", "REVIEWS"} <= set(keys)


def test_nobody_changes_the_trail_unseen(resources: Resources) -> None:
    for name in of_type(resources, "AWS::Serverless::Function"):
        for one in role_statements(resources, name):
            if one["Effect"] == "Deny" or name == "APIHandler":
                continue
            assert "AUDIT" not in json.dumps(one.get("Condition", {})), (name, one["Sid"])
    (never,) = [
        one for one in role_statements(resources, "APIHandler") if one["Sid"] == "NeverChangesTheTrail"
    ]
    assert set(never["Action"]) >= {"dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    (trigger,) = resources["WatchTrail"]["Properties"]["Events"].values()
    (one,) = trigger["Properties"]["FilterCriteria"]["Filters"]
    pattern = json.loads(one["Pattern"])
    assert pattern["eventName"] == ["MODIFY", "REMOVE"]
    assert pattern["dynamodb"]["Keys"]["PK"]["S"] == [{"prefix": "AUDIT#"}]
    assert resources["TrailChangedAlarm"]["Properties"]["MetricName"] == "TrailChanged"


def test_the_authorizer_may_do_nothing_but_log(resources: Resources) -> None:
    assert actions(resources, "VerifyToken") == {"logs:CreateLogStream", "logs:PutLogEvents"}


# ---------------------------------------------------------------- from outside


def test_the_api_is_limited_and_guarded(template: dict[str, Any], resources: Resources) -> None:
    (settings,) = resources["RestAPI"]["Properties"]["MethodSettings"]
    assert settings["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "RequestsBurst"}
    rules = resources["ApiFirewall"]["Properties"]["Rules"]
    assert rules[0]["Statement"]["RateBasedStatement"]["Limit"] == {"Ref": "RequestsPerAddress"}
    association = resources["ApiFirewallAssociation"]["Properties"]
    assert association["WebACLArn"] == {"Fn::GetAtt": ["ApiFirewall", "Arn"]}
    assert template["Parameters"]["Firewall"]["Default"] == "on"


def test_statistics_for_participants_are_not_on_the_distribution(
    template: dict[str, Any], resources: Resources
) -> None:
    assert template["Conditions"]["HasPublicReleases"] == {
        "Fn::Equals": [{"Ref": "ExchangeAccess"}, "public"]
    }
    for name in ("ReleasesDistribution", "ReleasesAccess"):
        assert resources[name]["Condition"] == "HasPublicReleases"
    behavior = resources["ReleasesDistribution"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
    assert behavior["ViewerProtocolPolicy"] == "https-only"


def test_parameters_that_need_another_are_refused_without_it(template: dict[str, Any]) -> None:
    needed = {
        json.dumps(rule["RuleCondition"]).split('"Ref": "')[1].split('"')[0]: json.dumps(rule["Assertions"])
        for rule in template["Rules"].values()
    }
    assert '"Ref": "TokenAudience"' in needed["TokenIssuer"]
    assert '"Ref": "MailFrom"' in needed["SignInMail"]


def test_no_function_is_tagged_with_a_stage_that_is_not_its_own(resources: Resources) -> None:
    functions = of_type(resources, "AWS::Serverless::Function").values()
    assert "stage=" not in json.dumps([one.get("Tags") for one in functions])


def test_every_stage_has_names_of_its_own(resources: Resources) -> None:
    """Metrics know an API by its name; some names are the account's in all regions."""
    api = resources["RestAPI"]["Properties"]
    assert api["Name"] == api["DefinitionBody"]["info"]["title"] == {"Ref": "AWS::StackName"}
    fixed = {
        "Name",
        "QueueName",
        "TableName",
        "BucketName",
        "FunctionName",
        "RoleName",
        "UserPoolName",
        "AlarmName",
    }
    for name, one in resources.items():
        for key, value in one.get("Properties", {}).items():
            if key in fixed:
                assert "AWS::StackName" in json.dumps(value) or value.keys() <= {"Ref", "Fn::GetAtt"}, name
    everywhere = (
        resources["Dashboard"]["Properties"]["DashboardName"],
        resources["ReleasesAccess"]["Properties"]["OriginAccessControlConfig"]["Name"],
    )
    assert all("${AWS::Region}" in one["Fn::Sub"] for one in everywhere)


def test_pages_of_any_origin_may_read_published_statistics(resources: Resources) -> None:
    behavior = resources["ReleasesDistribution"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
    assert behavior["ResponseHeadersPolicyId"] == "e61eb60c-9c35-4d20-a928-2b84e02af89c"


def test_the_gateways_log_holds_neither_addresses_nor_tokens(resources: Resources) -> None:
    _, setting, nothing = resources["RestAPI"]["Properties"]["AccessLogSetting"]["Fn::If"]
    assert nothing == {"Ref": "AWS::NoValue"}
    assert setting["DestinationArn"] == {"Fn::GetAtt": ["GatewayLogs", "Arn"]}
    named = json.loads(setting["Format"]).values()
    assert [
        one for one in named if re.search(r"identity|authorizer\.[a-z_]*(id|mail|claims)|\.path$", one)
    ] == []


def test_people_prove_their_addresses_and_choose_long_passwords(resources: Resources) -> None:
    (pool,) = of_type(resources, "AWS::Cognito::UserPool").values()
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    assert pool["DeletionProtection"] == {"Fn::If": ["IsProd", "ACTIVE", "INACTIVE"]}
    condition, mail, nothing = pool["EmailConfiguration"]["Fn::If"]
    assert (condition, nothing) == ("SignsInBySes", {"Ref": "AWS::NoValue"})
    assert mail["EmailSendingAccount"] == "DEVELOPER"


def test_secrets_are_parameters_that_nobody_sees(template: dict[str, Any]) -> None:
    secret = {name for name in template["Parameters"] if re.search("Key$|Secret|Password", name)} - {"OwnKey"}
    assert "CursorKey" in secret
    for name in secret:
        assert template["Parameters"][name].get("NoEcho") is True, name
        assert "Default" not in template["Parameters"][name], name


# ---------------------------------------------------------------- when something fails


def test_what_runs_without_a_caller_ends_in_the_queue_of_failures(resources: Resources) -> None:
    queue = {"Fn::GetAtt": ["FailedEvents", "Arn"]}
    for name, function in of_type(resources, "AWS::Serverless::Function").items():
        kinds = {event["Type"] for event in function.get("Events", {}).values()}
        if not kinds & {"Schedule", "CloudWatchEvent", "EventBridgeRule"}:
            continue
        failure = function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
        assert failure["Destination"] == queue, name
        assert "sqs:SendMessage" in actions(resources, name), name
        for event in function["Events"].values():
            assert event["Properties"]["DeadLetterConfig"] == {"Arn": queue}, name


def test_every_alarm_reaches_somebody_and_says_what_to_do(resources: Resources) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    watched = {one.get("MetricName") for one in alarms.values()}
    assert {
        "Errors",
        "Throttles",
        "GateRefused",
        "NightsDone",
        "LinesSetAside",
        "ItemsSetAside",
        "ImportFailed",
        "ApproximateNumberOfMessagesVisible",
        "5XXError",
        "IteratorAge",
        "Reputation.BounceRate",
    } <= watched
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
        said = alarm["AlarmDescription"]
        assert len(said["Fn::Sub"] if isinstance(said, dict) else said) > 40, name


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_is_watched(resources: Resources, metric: str) -> None:
    watched = {
        dimension["Value"]["Ref"]
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", ())
        if alarm["MetricName"] == metric and dimension["Name"] == "FunctionName"
    }
    assert watched == set(of_type(resources, "AWS::Serverless::Function"))


def test_what_an_alarm_tells_to_type_names_the_stage(resources: Resources) -> None:
    """Without a stage the command would look at the machine it is typed on."""
    for name, alarm in of_type(resources, "AWS::CloudWatch::Alarm").items():
        said = alarm["AlarmDescription"]
        if "infra.ops" in json.dumps(said):
            assert "infra.ops --stage ${Stage} " in said["Fn::Sub"], name


def test_the_throttling_of_the_table_and_of_each_index_is_added_up(resources: Resources) -> None:
    (table,) = of_type(resources, "AWS::DynamoDB::Table").values()
    metrics = resources["TableThrottledAlarm"]["Properties"]["Metrics"]
    total, *parts = metrics
    assert (total["Expression"], total["ReturnData"]) == ("SUM(FILL(METRICS(), 0))", True)
    counted = {
        (
            part["MetricStat"]["Metric"]["MetricName"],
            *(
                one["Value"]
                for one in part["MetricStat"]["Metric"]["Dimensions"]
                if isinstance(one["Value"], str)
            ),
        )
        for part in parts
    }
    places = [(), *((index["IndexName"],) for index in table["GlobalSecondaryIndexes"])]
    assert counted == {
        (metric, *place) for metric in ("ReadThrottleEvents", "WriteThrottleEvents") for place in places
    }
    assert len(metrics) <= 10


def test_nothing_refers_to_what_is_there_under_a_condition_only(
    template: dict[str, Any], resources: Resources
) -> None:
    conditional = {name for name, one in resources.items() if "Condition" in one}
    for name, one in resources.items():
        if "Condition" in one:
            continue
        for found in re.findall(
            r'"Ref": "(\w+)"|GetAtt": \["(\w+)"|\$\{(\w+)', json.dumps(without_branches(one))
        ):
            assert not conditional & set(found), (name, found)
    for name, one in template["Outputs"].items():
        if "Condition" not in one:
            assert not [other for other in conditional if other in json.dumps(one)], name


def without_branches(value: Any) -> Any:
    """The same without what is chosen by a condition."""
    if isinstance(value, dict):
        return {key: without_branches(one) for key, one in value.items() if key != "Fn::If"}
    return [without_branches(one) for one in value] if isinstance(value, list) else value


def test_no_night_for_a_day_is_an_alarm_and_so_is_silence(resources: Resources) -> None:
    alarm = resources["NoNightAlarm"]["Properties"]
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["ComparisonOperator"] == "LessThanThreshold"


def test_the_dashboard_is_json_that_names_every_function(resources: Resources) -> None:
    body = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(body)["widgets"]
    assert len(widgets) >= 8
    for name in of_type(resources, "AWS::Serverless::Function"):
        assert f"${{{name}}}" in body


def test_outputs_name_what_an_operator_needs(template: dict[str, Any]) -> None:
    assert {
        "EndpointURL",
        "TableName",
        "UploadsBucketName",
        "ReleasesBucketName",
        "ReleasesUrl",
        "UserPoolId",
        "UserPoolClientId",
        "NightlyFunctionName",
        "ImportFunctionName",
        "FailedEventsQueueUrl",
        "AlarmTopicArn",
    } <= template["Outputs"].keys()
