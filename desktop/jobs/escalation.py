"""The escalation of what nobody dispatches, also while nobody is signed in or everybody looks at another page."""

from dataclasses import dataclass

from desktop.operations.incidents.escalation import escalate_untaken, is_escalation_due
from desktop.operations.station import Station
from desktop.store.threads import Urgency


@dataclass(frozen=True, slots=True)
class EscalationJob:
    """Asks first and writes only when there is something to write. Run off the interface's thread."""

    station: Station

    def run(self) -> None:
        """Escalate what is due.

        Raises:
            Unavailable: the disk is full or away; the next run tries again.
        """
        station = self.station
        if station.read_as(station.system, is_escalation_due).result():
            station.write_as(station.system, escalate_untaken, Urgency.JOB).result()
