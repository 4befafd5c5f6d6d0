"""The central: queue, units, console, intake. Hand-written, because seconds count here."""
