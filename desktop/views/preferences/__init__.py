"""The page of preferences: settings drawn from their declarations, and the keys of every command."""
