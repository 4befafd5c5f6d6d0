"""Titles and families of incident types, by code."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from desktop.core.i18n import N_, tr
from desktop.models.catalogues import IncidentType
from desktop.operations.context import ReadContext


@dataclass(frozen=True, slots=True)
class TypeTitles:
    """What types are called; an unknown code is shown as it is."""

    by_code: Mapping[str, tuple[str, str]]

    def title(self, code: str | None) -> str:
        """Return the title of a type."""
        if code is None:
            return tr(N_("Sin clasificar"))
        return self.by_code.get(code, (code, ""))[0]

    def family(self, code: str | None) -> str:
        """Return the family of a type, empty when unknown."""
        return self.by_code.get(code or "", ("", ""))[1]


def type_titles(ctx: ReadContext) -> TypeTitles:
    """Read the titles of every type, also of those no longer in force."""
    rows = ctx.session.execute(
        select(IncidentType.code, IncidentType.title, IncidentType.family).order_by(IncidentType.is_active)
    )
    return TypeTitles({row.code: (tr(row.title), tr(row.family)) for row in rows})
