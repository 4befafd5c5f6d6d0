"""A trial or an import of the whole file, under way in the background."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.core.i18n import N_, tr
from desktop.operations.imports.mapping import ColumnMapping
from desktop.operations.imports.run import Summary, import_incidents
from desktop.operations.imports.running import Runner
from desktop.operations.imports.source import Source
from desktop.views.imports.trial import sentence_of
from desktop.views.services import Services
from desktop.views.tasks import Progress


class Bringing:
    """`told` is given the sentence in which it ended; `changed` is called when one begins or is over."""

    def __init__(
        self,
        services: Services,
        runner: Runner,
        owner: QWidget,
        told: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self._services = services
        self._runner = runner
        self._owner = owner
        self._told = told
        self._changed = changed
        self.is_under_way = False

    def start(self, source: Source, mapping: ColumnMapping, *, is_dry: bool) -> None:
        """Read the whole file; with `is_dry` without writing anything."""
        if self.is_under_way:
            self._services.toasts.toast(tr(N_("Ya hay una importación en curso.")))
            return
        rejected = source.path.with_name(f"{source.path.stem}-rechazadas.csv")

        def work(progress: Progress) -> Summary:
            return import_incidents(
                self._runner, source, mapping, progress, rejected_file=rejected, dry_run=is_dry
            )

        self.is_under_way = True
        self._changed()
        title = tr(N_("Probando {name}") if is_dry else N_("Importando {name}"), name=source.path.name)
        self._services.tasks.job(
            title,
            work,
            lambda done: self._told(sentence_of(done, is_dry=is_dry)),
            owner=self._owner,
            settled=self._over,
        )

    def _over(self) -> None:
        self.is_under_way = False
        self._changed()
