"""The page of the exchange: who has what, and carrying it by stick."""
