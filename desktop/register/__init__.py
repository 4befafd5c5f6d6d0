"""The vocabulary in which a register is declared; it knows no domain."""
