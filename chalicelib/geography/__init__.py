"""Where things are: states and divisions, ZIP codes, and cells that a table can be searched by."""
