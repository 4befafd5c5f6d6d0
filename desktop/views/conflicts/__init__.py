"""The page on which a person decides between values that were given apart."""
