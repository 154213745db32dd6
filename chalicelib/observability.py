"""The structured logger and the metrics of all functions.

Log lines never hold pay figures, rates, tokens or e-mail addresses: log ids and counts.
"""

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

__all__ = ["MetricUnit", "logger", "metrics"]

logger = Logger(service="connects", utc=True)
metrics = Metrics(service="connects", namespace="Connects")
