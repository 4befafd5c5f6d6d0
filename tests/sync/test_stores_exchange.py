"""Files that hear of each other in any order, in pieces and with wrong clocks end alike, and ask the same questions."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.support.causes import change_sets, open_questions
from tests.support.histories import NAMES, PLACE, Writers
from tests.support.replicas import PLENTY, make
from tests.support.work import add_member


class Stations(Writers):
    """Three stations that know the same two people at first; whoever hears of another may change them too."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.replicas = make(self.folder, NAMES)
        self.codes: list[str] = []
        self.people = [add_member(self.replicas[0].store, name, phone="0") for name in ("Ana", "Berta")]
        for replica in self.replicas[1:]:
            replica.hear(self.replicas[0])

    @rule(place=PLACE, other=PLACE, budget=st.sampled_from([1, 300, 1_500, PLENTY]), skip=st.integers(0, 2))
    def hear(self, place: int, other: int, budget: int, skip: int) -> None:
        """Take some pieces of another station, the first ones possibly lost on the way."""
        receiver, sender = self.replicas[place], self.replicas[other]
        segments = sender.pieces_for(receiver.vector, budget)[skip:]
        receiver.store.receive(segments)
        receiver.store.receive(segments)

    def teardown(self) -> None:
        if not hasattr(self, "replicas"):
            return
        try:
            for _ in NAMES:
                for receiver in self.replicas:
                    for sender in self.replicas:
                        if sender is not receiver:
                            receiver.hear(sender)
            first, *others = self.replicas
            for other in others:
                assert other.vector == first.vector
                assert other.rows() == first.rows()
            asked = {(row[0], row[1]) for row in first.rows()["rival"] if row[4]}
            assert asked == open_questions(change_sets(first))
            for replica in self.replicas:
                assert replica.faults() == []
        finally:
            for replica in self.replicas:
                replica.store.close()
            shutil.rmtree(self.folder)


TestStations = Stations.TestCase
TestStations.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
