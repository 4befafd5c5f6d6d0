"""Late entry: the paper cards of an outage, typed one after the other and saved together or one by one (R85)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, plural, tr
from desktop.models.incidents.states import Channel, Priority
from desktop.operations.incidents.late_entry import CardsRefused, enter_cards
from desktop.operations.incidents.streets import complete_street
from desktop.operations.incidents.suggest import suggest
from desktop.operations.incidents.titles import TypeTitles, type_titles
from desktop.operations.incidents.values import IncidentRef, IntakeDraft, LateCard, StreetMatch, Suggestions
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.incidents.late_card import CardForm
from desktop.views.incidents.late_reading import Errors, Typed, field_of, is_blank, read_card
from desktop.views.reports.documents import blank_cards
from desktop.views.reports.printing import Paper, PrintDesk
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label

DRAFT = "late_entry"
_GROUP = N_("Ingreso tardío")
_ASK_AFTER_MS = 150
_BLANK_COPIES = 10
_ENTER = Permission(Action.CREATE, "incidents")


class LateEntryPage(QWidget):
    """A stack of cards on the left, the card in hand on the right."""

    def __init__(self, services: Services, desk: PrintDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._paper = Paper(services, desk, self)
        self._codes: dict[str, str] = {}
        self._at = 0
        self._is_saving = False
        self.cards: list[Typed] = []
        self._errors: list[Errors] = []
        self.form = CardForm()
        self.list = QListWidget()
        self.list.setProperty("part", "notes")
        self.list.setAccessibleName(tr(N_("Tarjetas por ingresar")))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._count = label("", "muted")
        self._general = label("", "error", wraps=True)
        self._general.hide()
        self._build()
        self._add_commands()
        self._asking = QTimer(self, singleShot=True, interval=_ASK_AFTER_MS)
        self._asking.timeout.connect(self._ask)
        self.form.edited.connect(self._keep)
        self.form.narrated.connect(self._asking.start)
        self.form.finished.connect(self.new_card)
        self.list.currentRowChanged.connect(self._chosen)
        services.theme.changed.connect(self._fill)
        self._restore()
        self._keeper = services.drafts.keep(DRAFT, self, self._collect)
        services.tasks.read(type_titles, self._take_types, owner=self, slot="types")

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SIZES.space_2)
        head.addWidget(label(tr(N_("Ingreso tardío")), "title"))
        head.addStretch(1)
        head.addWidget(
            button(
                tr(N_("Tarjetas en blanco")),
                "quiet",
                self.print_blank,
                tr(N_("Imprimir tarjetas (Ctrl+P)")),
            )
        )
        head.addWidget(
            button(
                tr(N_("Guardar ésta")),
                "plain",
                self.save_current,
                tr(N_("Guardar sólo esta tarjeta (Ctrl+Enter)")),
            )
        )
        head.addWidget(
            button(tr(N_("Guardar todas")), "primary", self.save_all, tr(N_("Guardar todas (Ctrl+S)")))
        )
        left = QVBoxLayout()
        left.setSpacing(SIZES.space_2)
        left.addWidget(self._count)
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.addWidget(
            button(tr(N_("Nueva")), "plain", self.new_card, tr(N_("Otra, con la misma fecha (Ctrl+N)")))
        )
        row.addWidget(
            button(tr(N_("Quitar")), "quiet", self.remove_card, tr(N_("Quitar esta tarjeta (Ctrl+D)")))
        )
        row.addStretch(1)
        left.addLayout(row)
        side = QWidget()
        side.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        side.setMinimumWidth(170)
        side.setMaximumWidth(240)
        body = QHBoxLayout()
        body.setSpacing(SIZES.space_4)
        body.addWidget(side)
        body.addWidget(self.form, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_3, SIZES.space_5, SIZES.space_3)
        layout.setSpacing(SIZES.space_2)
        layout.addLayout(head)
        layout.addWidget(self._general)
        layout.addLayout(body, 1)
        layout.addWidget(
            label(
                tr(
                    N_(
                        "Enter pasa al campo siguiente y, en el último, a otra tarjeta · "
                        "Ctrl+RePág y Ctrl+AvPág cambian de tarjeta · Ctrl+S guarda todas"
                    )
                ),
                "small",
                wraps=True,
            )
        )

    def _add_commands(self) -> None:
        def command(name: str, title: str, key: str, icon: str, run: Callable[[], None]) -> Command:
            return Command(f"late_entry.{name}", title, run, key, icon, _ENTER, group=_GROUP)

        self._services.commands.add(
            command("new", N_("Otra tarjeta"), "Ctrl+N", "plus", self.new_card),
            command("remove", N_("Quitar la tarjeta"), "Ctrl+D", "trash", self.remove_card),
            command("before", N_("Tarjeta anterior"), "Ctrl+PgUp", "arrow-up", lambda: self._step(-1)),
            command("after", N_("Tarjeta siguiente"), "Ctrl+PgDown", "arrow-down", lambda: self._step(1)),
            command("save", N_("Guardar todas las tarjetas"), "Ctrl+S", "floppy-disk", self.save_all),
            command("save_one", N_("Guardar esta tarjeta"), "Ctrl+Return", "check", self.save_current),
            command("print", N_("Imprimir tarjetas en blanco"), "Ctrl+P", "printer", self.print_blank),
            page=self,
        )

    def first_focus(self) -> QWidget:
        """Start with the hour of the card in hand."""
        return self.form.lines["time"]

    # --- The stack --------------------------------------------------------------------------------------------

    def new_card(self) -> None:
        """Take another card; the date and the channel are those of the one before."""
        self._keep()
        here = self.cards[self._at]
        self._insert(self._fresh(here["day"], here["channel"]), len(self.cards))
        self.form.start()

    def remove_card(self) -> None:
        """Put the card away; it can be taken back."""
        self._keep()
        at, removed = self._at, self.cards[self._at]
        self._drop([at])
        self.form.start()

        def undo() -> None:
            self._insert(removed, min(at, len(self.cards)))

        if not is_blank(removed):
            self._services.toasts.toast(tr(N_("Tarjeta quitada.")), undo=undo)

    def _insert(self, typed: Typed, at: int) -> None:
        self.cards.insert(at, typed)
        self._errors.insert(at, [])
        self._at = at
        self._fill()
        self._load()

    def _drop(self, places: Sequence[int]) -> None:
        """Take cards away; one blank card always remains, with the last date."""
        last = self.cards[places[-1]]
        gone = set(places)
        self.cards = [card for place, card in enumerate(self.cards) if place not in gone]
        self._errors = [errors for place, errors in enumerate(self._errors) if place not in gone]
        if not self.cards:
            self.cards, self._errors = [self._fresh(last["day"], last["channel"])], [[]]
        self._at = min(self._at, len(self.cards) - 1)
        self._fill()
        self._load()

    def _fresh(self, day: str = "", channel: str = "") -> Typed:
        today = formats.day(civil_day(self._services.clock.now()))
        return {
            "day": day or today,
            "channel": channel or str(Channel.PHONE.value),
            "priority": str(Priority.P3.value),
        }

    def _step(self, by: int) -> None:
        self._keep()
        self.list.setCurrentRow(max(0, min(len(self.cards) - 1, self._at + by)))
        self.form.start()

    def _chosen(self, row: int) -> None:
        if 0 <= row < len(self.cards) and row != self._at:
            self._keep()
            self._at = row
            self._load()

    def _load(self) -> None:
        self.form.load(self.cards[self._at], self._errors[self._at])

    def _keep(self) -> None:
        seen = self.cards[self._at].get("hazards")
        self.cards[self._at] = self.form.values() | ({"hazards": seen} if seen else {})
        self._show_card(self._at)

    def _fill(self) -> None:
        self.list.blockSignals(True)  # the rows are only redrawn, nobody chose one
        self.list.clear()
        for place in range(len(self.cards)):
            self.list.addItem(QListWidgetItem())
            self._show_card(place)
        self.list.setCurrentRow(self._at)
        self.list.blockSignals(False)
        written = sum(not is_blank(card) for card in self.cards)
        self._count.setText(plural("{count} tarjeta escrita", "{count} tarjetas escritas", written))

    def _show_card(self, place: int) -> None:
        card, errors = self.cards[place], self._errors[place]
        if is_blank(card):
            text = tr(N_("{number} · en blanco"), number=place + 1)
        else:
            what = card.get("address") or card.get("narrative", "")
            text = f"{place + 1} · {card.get('time') or '--:--'} · {what[:40]}"
        item = self.list.item(place)
        item.setText(f"⚠ {text}" if errors else text)
        token = "danger" if errors else "text_muted" if is_blank(card) else "text"
        item.setForeground(self._services.theme.colour(token))

    # --- Saving -----------------------------------------------------------------------------------------------

    def save_all(self) -> None:
        """Save every card that has something written, all or none."""
        self._keep()
        self._save([place for place, card in enumerate(self.cards) if not is_blank(card)])

    def save_current(self) -> None:
        """Save the card in hand."""
        self._keep()
        self._save([] if is_blank(self.cards[self._at]) else [self._at])

    def _save(self, places: list[int]) -> None:
        if self._is_saving:
            return
        self._general.hide()
        if not places:
            self._services.toasts.toast(tr(N_("Escriba primero una tarjeta.")))
            return
        today = civil_day(self._services.clock.now())
        cards: list[LateCard] = []
        for place in places:
            read = read_card(self.cards[place], self._codes, today)
            self._errors[place] = read.errors
            if read.card is not None:
                cards.append(read.card)
        if len(cards) < len(places):
            self._show_refused()
            return
        self._is_saving = True
        self._services.tasks.write(
            lambda ctx: enter_cards(ctx, cards),
            lambda refs: self._saved(places, refs),
            on_error=lambda error: self._refused(places, cards, error),
            owner=self,
            settled=self._settled,
        )

    def _settled(self) -> None:
        self._is_saving = False

    def _saved(self, places: list[int], refs: tuple[IncidentRef, ...]) -> None:
        self._drop(places)
        self._keeper.discard()
        codes = refs[0].code if len(refs) == 1 else f"{refs[0].code} … {refs[-1].code}"
        self._services.toasts.toast(
            plural(
                "{count} tarjeta ingresada: {codes}",
                "{count} tarjetas ingresadas: {codes}",
                len(refs),
                codes=codes,
            ),
            tone="success",
        )
        self.form.start()

    def _refused(self, places: list[int], cards: list[LateCard], error: AtalayaError) -> None:
        if not isinstance(error, CardsRefused):
            self._general.setText(error.message)
            self._general.show()
            return
        for found in error.errors:
            place = places[found.index]
            self._errors[place].append((field_of(self.cards[place], found), found.message))
            if found.field == "hazards":
                self._see_hazards(place, cards[found.index].draft)
        self._show_refused()

    def _see_hazards(self, place: int, draft: IntakeDraft) -> None:
        """Show the warnings of the place; saving the card again says that they were read."""

        def take(found: Suggestions) -> None:
            if place >= len(self.cards):
                return
            self.cards[place]["hazards"] = " ".join(str(hazard.id) for hazard in found.hazards)
            texts = " · ".join(hazard.text for hazard in found.hazards)
            words = tr(N_("Advertencia: {texts}. Guarde otra vez cuando la haya leído."), texts=texts)
            self._errors[place] = [("address", words)]
            if place == self._at:
                self.form.show_errors(self._errors[place])

        self._services.tasks.read(lambda ctx: suggest(ctx, draft), take, owner=self)

    def _show_refused(self) -> None:
        """Go to the first card that is not right; nothing was saved and everything typed is there."""
        wrong = [place for place, errors in enumerate(self._errors) if errors]
        self._general.setText(
            plural(
                "No se guardó ninguna: hay {count} tarjeta por corregir.",
                "No se guardó ninguna: hay {count} tarjetas por corregir.",
                len(wrong),
            )
        )
        self._general.show()
        self._at = self._at if self._at in wrong else wrong[0]
        self._fill()
        self._load()

    def print_blank(self) -> None:
        """Print blank cards for the next outage."""
        self._paper.make(
            N_("Tarjetas de papel"),
            lambda ctx, head: blank_cards(ctx, head, _BLANK_COPIES),
            tr(N_("tarjetas-de-papel")),
        )

    # --- Types and drafts -------------------------------------------------------------------------------------

    def _take_types(self, titles: TypeTitles) -> None:
        self._codes = {code: title for code, (title, _) in titles.by_code.items()}
        self.form.type.use_types(self._codes)

    def _ask(self) -> None:
        card, typed = self._at, self.cards[self._at]
        draft, address = IntakeDraft(narrative=typed.get("narrative", "")), typed.get("address", "")

        def take(found: tuple[Suggestions, tuple[StreetMatch, ...]]) -> None:
            if card == self._at:
                self.form.propose(found[0])
                self.form.offer_streets(found[1])
                self._keep()

        self._services.tasks.read(
            lambda ctx: (suggest(ctx, draft), complete_street(ctx, address)), take, owner=self, slot="suggest"
        )

    def _restore(self) -> None:
        found = self._services.drafts.found(DRAFT)
        if found:
            held = found[0].values.get("cards", [])
            self.cards = [{str(name): str(text) for name, text in card.items()} for card in held]
            self._services.drafts.discard(found[0].key)
        if not self.cards:
            self.cards = [self._fresh()]
        self._errors = [[] for _ in self.cards]
        self._at = len(self.cards) - 1
        self._fill()
        self._load()

    def _collect(self) -> dict[str, Any]:
        written = [card for card in self.cards if not is_blank(card)]
        return {"cards": written} if written else {}
