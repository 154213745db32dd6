"""What the platform knows of a person: theirs to take away, and to have erased."""
