"""What every document of the directorate carries around its content."""

from dataclasses import dataclass
from datetime import datetime

from desktop.core.i18n import N_
from desktop.register.record import Confidentiality


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign. `legend` stands above (`Entrega`, `Recibe`); a name signed in the program has its instant."""

    name: str = ""
    post: str = ""
    legend: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues the document, where, when and under which number; the date is the civil one of Santiago."""

    municipality: str
    place: str
    issued_at: datetime
    folio: str = ""
    official_number: str = ""
    unit: str = ""
    directorate: str = N_("Dirección de Seguridad Pública")
    confidentiality: Confidentiality = Confidentiality.INTERNAL
    exercise: bool = False
    signatures: tuple[Signature, ...] = ()
    distribution: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintRun:
    """Who prints it now. It is no part of the document: a copy carries the verification code of its original."""

    printed_by: str
    printed_at: datetime
    reprint: bool = False
