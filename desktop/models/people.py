"""Users of the program and staff of the directorate."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from desktop.core.i18n import N_
from desktop.models.roles import Department, Role
from desktop.register.record import Record, Scope, column
from desktop.register.spec import Group, Register, Section


class User(Record):
    """Somebody who signs in. `password_hash` is Argon2id; the secret of the second factor is sealed."""

    __tablename__ = "users"
    scope = Scope.SYSTEM
    username: Mapped[str] = column(
        N_("Usuario"), index=True, help=N_("Con el que se inicia sesión; sin espacios")
    )
    full_name: Mapped[str] = column(N_("Nombre completo"))
    initials: Mapped[str] = column(N_("Iniciales"), default="")
    roles: Mapped[tuple[str, ...]] = column(N_("Roles"), default=())
    department: Mapped[Department] = column(N_("Unidad"), default=Department.CITIZEN_SECURITY)
    is_active: Mapped[bool] = column(N_("Habilitado"), default=True)
    password_hash: Mapped[str] = column(N_("Contraseña"), default="", group="password", role="secret")
    must_change_password: Mapped[bool] = column(
        N_("Debe cambiar la contraseña"), default=False, group="password"
    )
    totp_secret: Mapped[str | None] = column(N_("Segundo factor"), group="second_factor", role="secret")
    totp_step: Mapped[int | None] = column(N_("Último código aceptado"), group="second_factor", role="secret")
    paper_codes: Mapped[tuple[str, ...]] = column(
        N_("Códigos en papel"), default=(), group="second_factor", role="secret"
    )
    staff_id: Mapped[UUID | None] = column(N_("Funcionario/a"), reference="staff", is_enforced=False)

    @property
    def role_set(self) -> frozenset[Role]:
        """Return the roles that this version knows; one from a newer version grants nothing."""
        known = {role.value for role in Role}
        return frozenset(Role(value) for value in self.roles if value in known)


class StaffMember(Record):
    """A person who works shifts: patrol, central, cameras. No salary data, no requirement file here."""

    __tablename__ = "staff"
    scope = Scope.OPERATIONS
    full_name: Mapped[str] = column(N_("Nombre completo"))
    run: Mapped[str | None] = column(N_("RUN"), role="run")
    post: Mapped[Role] = column(N_("Cargo"), default=Role.SECURITY_INSPECTOR)
    callsign: Mapped[str | None] = column(N_("Clave radial"))
    phone: Mapped[str | None] = column(N_("Teléfono"), role="phone")
    department: Mapped[Department] = column(N_("Unidad"), default=Department.CITIZEN_SECURITY)
    credential_until: Mapped[date | None] = column(N_("Credencial vigente hasta"))
    is_active: Mapped[bool] = column(N_("En funciones"), default=True)


USERS = Register(
    key="users",
    title=N_("Usuarios"),
    singular=N_("Usuario"),
    model=User,
    group=Group.SYSTEM,
    icon="users",
    name_by=(User.full_name,),
    columns=(User.username, User.full_name, User.roles, User.department, User.is_active),
    filters=(User.department, User.is_active),
    form=(
        Section(N_("Persona"), User.username, User.full_name, User.initials, User.department, User.staff_id),
        Section(N_("Acceso"), User.roles, User.is_active),
    ),
    search=(User.username, User.full_name),
    sort=User.full_name,
    own_page=True,
    generic_forms=False,
    empty=N_("No hay usuarios. Pulse Ctrl+N para crear el primero."),
)

STAFF = Register(
    key="staff",
    title=N_("Personal"),
    singular=N_("Funcionario/a"),
    model=StaffMember,
    icon="identification-badge",
    name_by=(StaffMember.full_name,),
    columns=(
        StaffMember.full_name,
        StaffMember.post,
        StaffMember.callsign,
        StaffMember.phone,
        StaffMember.credential_until,
        StaffMember.is_active,
    ),
    filters=(StaffMember.post, StaffMember.department, StaffMember.is_active),
    form=(
        Section(N_("Identificación"), StaffMember.full_name, StaffMember.run, StaffMember.phone),
        Section(
            N_("Función"),
            StaffMember.post,
            StaffMember.department,
            StaffMember.callsign,
            StaffMember.credential_until,
            StaffMember.is_active,
        ),
    ),
    search=(StaffMember.full_name, StaffMember.run, StaffMember.callsign),
    sort=StaffMember.full_name,
    empty=N_("Aquí va el personal que hace turnos. Pulse Ctrl+N para agregar al primero."),
)
