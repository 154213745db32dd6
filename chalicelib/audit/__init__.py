"""The append-only trail of what was changed and refused."""
