"""Which mapped classes are records; the store asks nothing else of them."""

from desktop.register.record import Base, Record


def record_models() -> tuple[type[Record], ...]:
    """Return every declared record class, by table name."""
    found = [
        mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record) and not mapper.class_.__dict__.get("__abstract__", False)
    ]
    return tuple(sorted(found, key=lambda model: model.__tablename__))
