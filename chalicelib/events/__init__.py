"""Webinars and other events: published, registered for with or without an account, never oversold."""
