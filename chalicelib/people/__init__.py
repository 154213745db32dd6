"""People as the platform knows them: their address, how they want to be told of things, and what stops their mail."""
