"""The public page of an organization: what it is, needs and offers, who works with it, and what it tells of itself."""
