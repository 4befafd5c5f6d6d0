"""The station itself: its backups, its self-check, and how its key is kept."""
