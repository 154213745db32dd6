"""Which employers may answer a school."""
