"""What any record can have: attachments and typed links to other records."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from desktop.core.i18n import N_
from desktop.register.choice import Choice
from desktop.register.record import Record, Scope, column
from desktop.register.spec import Register


class LinkKind(Choice):
    """How two records belong together."""

    RELATED = "related", N_("Relacionado con")
    SAME_EVENT = "same_event", N_("Mismo hecho que")
    CONSEQUENCE = "consequence", N_("Consecuencia de")
    FOLLOW_UP = "follow_up", N_("Seguimiento de")


class Attachment(Record):
    """A file that belongs to a record; its bytes lie encrypted under their hash, outside the database."""

    __tablename__ = "attachments"
    scope = Scope.OPERATIONS
    owner_field = "record_id"
    register: Mapped[str] = column(N_("Registro"))
    record_id: Mapped[UUID] = column(N_("Pertenece a"), index=True)
    name: Mapped[str] = column(N_("Nombre"))
    media_type: Mapped[str] = column(N_("Tipo"))
    size_bytes: Mapped[int] = column(N_("Tamaño"))
    sha256: Mapped[str] = column(N_("Huella SHA-256"), index=True)
    category: Mapped[str | None] = column(N_("Categoría"))


class Link(Record):
    """A typed link from one record to another; it is read in both directions."""

    __tablename__ = "links"
    scope = Scope.OPERATIONS
    owner_field = "from_id"
    from_register: Mapped[str] = column(N_("Desde"))
    from_id: Mapped[UUID] = column(N_("Desde"), index=True)
    to_register: Mapped[str] = column(N_("Hacia"))
    to_id: Mapped[UUID] = column(N_("Hacia"), index=True)
    kind: Mapped[LinkKind] = column(N_("Relación"), default=LinkKind.RELATED)
    note: Mapped[str | None] = column(N_("Nota"))


ATTACHMENTS = Register(
    key="attachments",
    title=N_("Adjuntos"),
    singular=N_("Adjunto"),
    model=Attachment,
    name_by=(Attachment.name,),
    columns=(Attachment.name, Attachment.media_type, Attachment.size_bytes, Attachment.category),
    search=(Attachment.name, Attachment.category),
    page=False,
    generic_forms=False,
)

LINKS = Register(
    key="links",
    title=N_("Vínculos"),
    singular=N_("Vínculo"),
    model=Link,
    name_by=(Link.kind,),
    columns=(Link.kind, Link.note),
    page=False,
    generic_forms=False,
)
