"""Who may use the program."""
