"""What an alarm watches is counted somewhere: a metric that nobody writes never goes off."""

import re

from infra import ROOT
from infra.alarms import STANDING

COUNTED = {
    name
    for path in (ROOT / "chalicelib").rglob("*.py")
    for name in re.findall(r'"([A-Z][a-z]+(?:[A-Z][a-z]+)+)"', path.read_text(encoding="utf-8"))
}


def test_every_metric_of_ours_that_an_alarm_watches_is_written() -> None:
    watched = {alarm.metric for alarm in STANDING if alarm.namespace == "Connects"}
    assert watched
    assert watched <= COUNTED
