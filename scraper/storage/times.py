"""Times as columns: aware datetimes, kept in UTC and given back in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect

UNREADABLE = datetime.fromtimestamp(0, UTC)
"""What is read for a damaged time: long ago, so what waits for it is due."""


class _Time(sa.TypeDecorator[datetime]):
    """A time that one damaged value does not keep others from being read."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[..., Any]:
        process = super().result_processor(dialect, coltype)

        def read(value: Any) -> Any:  # noqa: ANN401  whatever the column holds
            try:
                return process(value) if process else value
            except (ArithmeticError, AttributeError, TypeError, ValueError):
                return UNREADABLE

        return read


class Moment(_Time):
    """An aware datetime, to the microsecond."""

    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> datetime | None:
        return value and in_utc(value)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class Second(_Time):
    """An aware datetime, to the second; in SQLite the text ``2026-01-31T08:00:00Z``.

    That is what other tools read: ISO 8601 with its zone, which sorts as time does.
    """

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        is_text = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.Text() if is_text else self.impl_instance)

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> Any:  # noqa: ANN401  a text for SQLite
        if value is None:
            return None
        second = to_second(value)
        return as_text(second) if dialect.name == "sqlite" else second

    def process_result_value(
        self,
        value: Any,  # noqa: ANN401  as above
        dialect: Dialect,
    ) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.replace(tzinfo=UTC) if value is not None else None


def in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first or last day of the calendar
        return moment.replace(tzinfo=UTC)


def to_second(moment: datetime) -> datetime:
    """Return *moment* in UTC without what is less than a second."""
    return in_utc(moment).replace(microsecond=0)


def as_text(second: datetime) -> str:
    return f"{second.replace(tzinfo=None).isoformat()}Z"
