"""What was decided for earlier files: the mapping of each set of headings, and what foreign words mean."""

from collections.abc import Mapping

from desktop.operations.imports.mapping import ColumnMapping, from_text, headings_key, to_text
from desktop.operations.imports.source import Source
from desktop.views.services import Memory

_WORDS_KEY = "imports/words"
_MAPPING_KEY = "imports/mapping/{headings}"

Values = dict[str, dict[str, str]]


class Decisions:
    """Kept in the station's memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def mapping_of(self, source: Source) -> ColumnMapping | None:
        """Return the mapping that a file with these headings had."""
        return self._read(_MAPPING_KEY.format(headings=headings_key(source.columns)))

    def keep_mapping(self, source: Source, mapping: ColumnMapping) -> None:
        """Remember the mapping for the next file with these headings."""
        self._memory.put(_MAPPING_KEY.format(headings=headings_key(source.columns)), to_text(mapping))

    def words(self) -> Values:
        """Return what foreign words mean, by field."""
        known = self._read(_WORDS_KEY)
        return known.values if known is not None else {}

    def keep_words(self, values: Mapping[str, Mapping[str, str]]) -> None:
        """Remember more words."""
        kept = ColumnMapping({}, values=joined(self.words(), values))
        self._memory.put(_WORDS_KEY, to_text(kept))

    def _read(self, key: str) -> ColumnMapping | None:
        text = self._memory.get(key)
        return from_text(text) if text else None


def joined(first: Mapping[str, Mapping[str, str]], second: Mapping[str, Mapping[str, str]]) -> Values:
    """Return both; where they differ, the second one decides."""
    return {
        field: {**first.get(field, {}), **second.get(field, {})} for field in dict.fromkeys((*first, *second))
    }
