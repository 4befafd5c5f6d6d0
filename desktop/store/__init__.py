"""The encrypted file, its one writer, the journal, search and lists; it knows no record's meaning."""
