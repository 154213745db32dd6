"""Who may do what for which organization or owner group."""
