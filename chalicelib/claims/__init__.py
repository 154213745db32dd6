"""Claims: people who say that they speak for a school that came from a list, and how that is found out."""
