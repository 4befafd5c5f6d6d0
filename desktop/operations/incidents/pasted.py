"""Text pasted from WhatsApp, an app or mail becomes the draft of an incident (R89)."""

from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.pasted import read_pasted
from desktop.models.incidents.states import PlaceSource
from desktop.operations.context import ReadContext
from desktop.operations.incidents.values import IntakeDraft
from desktop.register.access import Action


def draft_of_pasted(ctx: ReadContext, text: str) -> IntakeDraft:
    """Return what could be read, to be looked at and saved; the message's own time is when the alert came in.

    Raises:
        FieldError: there is no text.
        NotAllowed: the role may not open incidents.
    """
    ctx.rights.check(Action.CREATE, "incidents")
    if not text.strip():
        raise FieldError("narrative", tr(N_("No hay texto que pegar.")))
    found = read_pasted(text, ctx.now)
    return IntakeDraft(
        channel=found.channel,
        phone=found.phone,
        caller_name=found.caller_name,
        narrative=found.narrative,
        address=found.address,
        lat=found.lat,
        lon=found.lon,
        place_source=PlaceSource.GPS if found.lat is not None else None,
        answered_at=found.reported_at,
    )
