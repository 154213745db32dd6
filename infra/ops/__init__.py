"""What an operator types: ``python -m infra.ops --stage dev status``, and the rest of the runbook."""
