"""What people are to be told of: written with the change itself, sent afterwards."""
