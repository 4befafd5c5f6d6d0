"""The municipal server: keeps what stations send, gives it to those who may hold it, and decides nothing else."""
