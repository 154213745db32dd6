"""One organization answers another's posting, and what becomes of it."""
