"""Protocols that appear by type, their steps ticked with time and author (R21)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from desktop.core.errors import FieldError, NotAllowed, UserError
from desktop.core.i18n import N_, tr
from desktop.models.catalogues import Protocol
from desktop.models.incidents.records import ChecklistTick
from desktop.models.incidents.states import LineKind
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.common import incident_for, required, write_line
from desktop.operations.incidents.values import ChecklistView, StepView
from desktop.register.access import Action


def checklists_for(
    ctx: ReadContext, type_code: str | None, ticks: Iterable[ChecklistTick] = ()
) -> tuple[ChecklistView, ...]:
    """Return the protocols in force for a type: by its code, or by the letter of its family.

    Of several versions with one title the newest counts, unless a step of an older one was already ticked.
    """
    done = {(tick.protocol_id, tick.step): tick for tick in ticks if tick.struck_at is None}
    begun = {protocol_id for protocol_id, _ in done}
    chosen: dict[str, Protocol] = {}
    for protocol in ctx.session.scalars(select(Protocol).where(Protocol.voided_at.is_(None))):
        applies = type_code is not None and (
            type_code in protocol.type_codes or type_code[:1] in protocol.type_codes
        )
        if protocol.id not in begun and not (applies and protocol.is_active):
            continue
        rank = (protocol.id in begun, protocol.version)
        other = chosen.get(protocol.title)
        if other is None or rank > (other.id in begun, other.version):
            chosen[protocol.title] = protocol
    return tuple(
        ChecklistView(
            protocol.id,
            protocol.title,
            protocol.version,
            protocol.source,
            tuple(
                _step(number, text, done.get((protocol.id, number)))
                for number, text in enumerate(protocol.steps, 1)
            ),
        )
        for protocol in sorted(chosen.values(), key=lambda found: (len(found.type_codes), found.title))
    )


def tick(ctx: Context, incident_id: UUID, protocol_id: UUID, step: int) -> UUID:
    """Tick a step, counted from 1.

    Raises:
        UserError: it is ticked already.
        FieldError: the protocol has no such step.
    """
    incident = incident_for(ctx, incident_id, Action.CREATE, "checklist_ticks")
    protocol = ctx.get(Protocol, protocol_id)
    if not 1 <= step <= len(protocol.steps):
        raise FieldError("step", tr(N_("El protocolo no tiene ese paso.")))
    earlier = ctx.session.scalar(
        select(ChecklistTick.id).where(
            ChecklistTick.incident_id == incident.id,
            ChecklistTick.protocol_id == protocol.id,
            ChecklistTick.step == step,
            ChecklistTick.struck_at.is_(None),
        )
    )
    if earlier is not None:
        raise UserError(tr(N_("Ese paso ya está marcado.")))
    text = protocol.steps[step - 1]
    made = ctx.add(
        ChecklistTick(
            incident_id=incident.id,
            protocol_id=protocol.id,
            protocol_version=protocol.version,
            step=step,
            text=text,
            at=ctx.now,
            author_name=ctx.actor.name,
            confidentiality=incident.confidentiality,
        )
    )
    write_line(
        ctx, incident, LineKind.CHECKLIST, f"☑ {text}", data={"protocol": protocol.title, "step": step}
    )
    ctx.name_operation("checklists.tick")
    return made.id


def strike_tick(ctx: Context, tick_id: UUID, reason: str) -> None:
    """Take back a tick; it stays, struck.

    Raises:
        UserError: it was struck already.
        FieldError: the reason is missing.
        NotAllowed: it is somebody else's and the person is no supervisor.
    """
    found = ctx.get(ChecklistTick, tick_id)
    incident = incident_for(ctx, found.incident_id, Action.CREATE, "checklist_ticks")
    why = required("reason", reason, N_("Escriba el motivo."))
    if found.struck_at is not None:
        raise UserError(tr(N_("Ese paso ya no está marcado.")))
    own = found.created_by == ctx.actor.user_id
    if not own and not ctx.rights.may(Action.VOID, "checklist_ticks", found.confidentiality):
        raise NotAllowed(tr(N_("Sólo quien marcó el paso o su jefatura de turno puede desmarcarlo.")))
    found.struck_at, found.struck_by, found.strike_reason = ctx.now, ctx.actor.user_id, why
    write_line(
        ctx,
        incident,
        LineKind.CHECKLIST,
        tr(N_("☐ {text} · desmarcado: {reason}"), text=found.text, reason=why),
    )
    ctx.name_operation("checklists.strike", why)


def _step(number: int, text: str, done: ChecklistTick | None) -> StepView:
    if done is None:
        return StepView(number, text, None, None, None)
    return StepView(number, text, done.id, done.at, done.author_name)
