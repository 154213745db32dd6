"""Connects: brings shops, dealerships and schools together, and publishes the Industry Data Exchange."""
