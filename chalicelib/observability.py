"""The structured logger and the metrics of all functions.

Log lines never hold pay figures, rates, tokens or e-mail addresses: log ids and counts. Lines and metrics carry the
service's name, which tells one deployment from another: ``POWERTOOLS_SERVICE_NAME``, read by Powertools itself.
"""

import warnings

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

__all__ = ["MetricUnit", "logger", "metrics"]

# A run with nothing to count is no fault, and the log is JSON alone.
warnings.filterwarnings("ignore", message="No application metrics to publish", category=UserWarning)

logger = Logger(utc=True)
metrics = Metrics(namespace="Connects")
