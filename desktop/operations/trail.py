"""What a person did with the station itself, and with no record, still leaves a line in the journal."""

from desktop.models.people import User
from desktop.operations.context import Context


def note_of_person(ctx: Context, operation: str) -> None:
    """Note an operation on the record of the person who does it: there is no other that it touches.

    Raises:
        UserError: the person is no user of this station.
    """
    ctx.name_operation(operation)
    ctx.unit.capture.read(ctx.get(User, ctx.actor.user_id))
