"""What came of responses, as schools confirm it: counts, records of engagement, recognitions."""
