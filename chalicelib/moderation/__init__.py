"""Moderation: people report postings, administrators hide them or let them stand."""
