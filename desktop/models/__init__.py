"""The domain: what is recorded, by which rules, shown how. No Qt, no files, no network, no clock."""
