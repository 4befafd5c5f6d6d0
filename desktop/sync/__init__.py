"""The exchange with the municipal server: in the background, resumed where it was cut, never waited for."""
