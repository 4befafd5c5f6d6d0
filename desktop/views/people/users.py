"""Users: who signs in and with which roles. An administrator creates, corrects, and gives passwords to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.events import Changes
from desktop.core.i18n import N_, tr
from desktop.models.people import User
from desktop.models.roles import Department, Role
from desktop.operations.context import Context
from desktop.operations.second_factor import reset_second_factor
from desktop.operations.users import UserView, create_user, edit_user, list_users, reset_password
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form, PasswordEdit, button
from desktop.views.widgets.text import label

_ID = Qt.ItemDataRole.UserRole
_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class _Typed:
    username: str
    full_name: str
    department: Department
    roles: tuple[Role, ...]
    is_active: bool
    password: str


class UsersPage(QWidget):
    """The list of users on the left, the one in hand on the right."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._users: dict[UUID, UserView] = {}
        self._current: UUID | None = None
        self._wanted: UUID | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(tr(N_("Usuarios")))
        self.list.setProperty("part", "notes")
        self.list.currentItemChanged.connect(self._chosen)
        self.username = QLineEdit()
        self.full_name = QLineEdit()
        self.department = QComboBox()
        for department in Department:
            self.department.addItem(tr(department.label), department)
        self.roles = QListWidget()
        for role in Role:
            item = QListWidgetItem(tr(role.label))
            item.setData(_ROLE, role)
            item.setCheckState(Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, SIZES.row))
            self.roles.addItem(item)
        self.is_active = QCheckBox(tr(N_("Puede iniciar sesión")))
        self.password = PasswordEdit()
        self._title = label("", "title")
        self.form = Form()
        self.form.add("username", tr(N_("Usuario")), self.username, tr(N_("Sin espacios; no cambia después")))
        self.form.add("full_name", tr(N_("Nombre completo")), self.full_name)
        self.form.add("department", tr(N_("Unidad")), self.department)
        self.form.add("roles", tr(N_("Roles")), self.roles, tr(N_("Espacio marca")))
        self.form.add(
            "password",
            tr(N_("Contraseña provisoria")),
            self.password,
            tr(N_("Al menos 10 caracteres. Vacía deja la que tiene.")),
        )
        self.form.end()
        self._reset = button(tr(N_("Quitar el segundo factor")), "plain", self.reset_second_factor)
        self._save = button(tr(N_("Guardar")), "primary", self.save, tr(N_("Guardar (Ctrl+S)")))
        self._arrange()
        services.commands.add(
            self._command("new", N_("Nuevo usuario"), "Ctrl+N", "user-plus", self.new, Action.CREATE),
            self._command("save", N_("Guardar el usuario"), "Ctrl+S", "floppy-disk", self.save, Action.EDIT),
            page=self,
        )
        services.events.changed.connect(self._changed)
        self.new()
        self.reload()

    def _arrange(self) -> None:
        left = QVBoxLayout()
        head = QHBoxLayout()
        head.addWidget(label(tr(N_("Usuarios")), "title"))
        head.addStretch(1)
        head.addWidget(button(tr(N_("Nuevo")), "plain", self.new, tr(N_("Nuevo usuario (Ctrl+N)"))))
        left.addLayout(head)
        left.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.setSpacing(SIZES.space_3)
        right.addWidget(self._title)
        right.addWidget(self.form)
        right.addWidget(self.is_active)
        feet = QHBoxLayout()
        feet.addWidget(self._save)
        feet.addWidget(self._reset)
        feet.addStretch(1)
        right.addLayout(feet)
        right.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_6)
        layout.addLayout(left, 2)
        layout.addLayout(right, 3)

    def first_focus(self) -> QWidget:
        """Start in the list."""
        return self.list

    def reload(self) -> None:
        """Load the users again."""
        self._services.tasks.read(list_users, self._take, owner=self, slot="users")

    def new(self) -> None:
        """Begin another user."""
        self._current = None
        self.list.setCurrentRow(-1)
        self._show(None)
        self.username.setFocus()

    def save(self) -> None:
        """Create or correct what is in the form."""
        self.form.clear_errors()
        typed, current = self._typed(), self._current
        if current is None and not typed.password:
            self._refused(FieldError("password", tr(N_("Escriba una contraseña provisoria."))))
            return

        def operation(ctx: Context) -> UUID:
            if current is None:
                return create_user(
                    ctx,
                    username=typed.username,
                    full_name=typed.full_name,
                    password=typed.password,
                    roles=typed.roles,
                    department=typed.department,
                    must_change=True,
                )
            edit_user(
                ctx,
                current,
                full_name=typed.full_name,
                roles=typed.roles,
                department=typed.department,
                is_active=typed.is_active,
            )
            if typed.password:
                reset_password(ctx, current, typed.password)
            return current

        self._services.tasks.write(operation, self._saved, on_error=self._refused, owner=self)

    def reset_second_factor(self) -> None:
        """Take away the second factor of somebody who lost telephone and paper."""
        current = self._current
        if current is None:
            return

        def done(_: None) -> None:
            self._wanted = current
            self._services.toasts.toast(
                tr(N_("Segundo factor quitado; se pedirá activar otro si el rol lo exige"))
            )
            self.reload()

        self._services.tasks.write(
            lambda ctx: reset_second_factor(ctx, current), done, on_error=self._refused, owner=self
        )

    def _saved(self, user_id: UUID) -> None:
        self._wanted = user_id
        self.password.clear()
        self._services.toasts.toast(tr(N_("Usuario guardado")))
        self.reload()

    def _refused(self, error: AtalayaError) -> None:
        self.form.show_error(error)

    def _take(self, users: tuple[UserView, ...]) -> None:
        wanted = self._wanted or self._current
        self._wanted = None
        self._users = {user.id: user for user in users}
        self.list.clear()
        for place, user in enumerate(users):
            state = "" if user.is_active else tr(N_(" · no puede ingresar"))
            item = QListWidgetItem(f"{user.full_name}\n{user.username}{state}")
            item.setData(_ID, user.id)
            self.list.addItem(item)
            if user.id == wanted:
                self.list.setCurrentRow(place)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self._current = item.data(_ID)
        self._show(self._users.get(item.data(_ID)))

    def _show(self, user: UserView | None) -> None:
        self.form.clear_errors()
        self._title.setText(user.full_name if user is not None else tr(N_("Nuevo usuario")))
        self.username.setText(user.username if user is not None else "")
        self.username.setReadOnly(user is not None)
        self.full_name.setText(user.full_name if user is not None else "")
        department = user.department if user is not None else Department.CITIZEN_SECURITY
        self.department.setCurrentIndex(list(Department).index(department))
        held = user.roles if user is not None else frozenset()
        for place in range(self.roles.count()):
            item = self.roles.item(place)
            state = Qt.CheckState.Checked if item.data(_ROLE) in held else Qt.CheckState.Unchecked
            item.setCheckState(state)
        self.is_active.setChecked(user.is_active if user is not None else True)
        self.password.clear()
        self._reset.setVisible(user is not None and user.has_second_factor)

    def _typed(self) -> _Typed:
        items = (self.roles.item(place) for place in range(self.roles.count()))
        return _Typed(
            self.username.text().strip(),
            self.full_name.text().strip(),
            self.department.currentData(),
            tuple(item.data(_ROLE) for item in items if item.checkState() == Qt.CheckState.Checked),
            self.is_active.isChecked(),
            self.password.text(),
        )

    def _changed(self, changes: Changes) -> None:
        if changes.of(User.__tablename__):
            self.reload()

    @staticmethod
    def _command(
        name: str, title: str, key: str, icon: str, run: Callable[[], None], action: Action
    ) -> Command:
        return Command(
            f"users.{name}",
            title,
            run,
            key,
            icon,
            Permission(action, "users"),
            group=N_("Usuarios"),
        )
