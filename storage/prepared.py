"""Statements that SQLAlchemy words once, and that the driver is then handed as they are.

Around each single execution SQLAlchemy finds the compiled statement again, makes a context, a result and its metadata. That
takes several times as long as SQLite takes for the statement itself, and a save runs fourteen (a seventh of it). So it
tells once for each dialect how a statement is written and how values go in and come out, and the rest is done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import result_tuple
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Delete, Insert, Row, Select, Update
    from sqlalchemy.engine import Dialect

    #: How a value goes into the database, or comes out of it; None: as it is.
    Turn: TypeAlias = Callable[[Any], Any] | None


class Prepared:
    """A statement, to be made once and run often; its parameters are named values, each of them one value.

    Whatever fails is raised as SQLAlchemy raises it (see `storage.engine.foreign_errors`).
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self.statement = statement
        #: By dialect and names of values: an UPDATE says other words for other columns.
        self._worded: dict[tuple[str, ...], _Worded] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it where no rows come back; how many rows it touched."""
        return int(self._begin(connection, values)[0].rowcount)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Row[Any]]:
        """The rows that come back."""
        cursor, worded = self._begin(connection, values)
        return [worded.row(found) for found in cursor.fetchall()]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Row[Any] | None:
        """The first row that comes back; None where none does."""
        cursor, worded = self._begin(connection, values)
        found = cursor.fetchall()  # all of them, so that SQLite is done with the statement
        return worded.row(found[0]) if found else None

    def scalar(self, connection: Connection, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the column holds
        """The first column of the first row that comes back; None where none does."""
        found = self.first(connection, values)
        return found[0] if found is not None else None

    def _begin(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, _Worded]:
        """The driver's cursor after the statement was run, and how its rows are read."""
        dialect = connection.dialect
        key = (dialect.name, *values)
        worded = self._worded.get(key)
        if worded is None:
            worded = self._worded[key] = _word(self.statement, dialect, list(values))
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(worded.text, worded.bound(values)), worded
        except dialect.loaded_dbapi.Error as error:
            lost = dialect.is_disconnect(error, driver, None)
            raise DBAPIError(worded.text, None, error, connection_invalidated=lost) from error
        except ValueError as error:  # a value that its column's type refuses
            raise StatementError(str(error), worded.text, None, error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worded:
    """A statement in the words of a dialect, for values of certain names."""

    text: str
    #: The parameters in their order, and how each goes in.
    parameters: Sequence[tuple[str, Turn]]
    #: Parameters that the statement itself gives a value, such as a limit.
    fixed: Mapping[str, Any]
    #: The driver takes parameters by place, not by name.
    positional: bool
    #: Columns, by place, that come out otherwise than the driver gives them, and how.
    turned: Sequence[tuple[int, Callable[[Any], Any]]]
    #: Makes a row of its values.
    made: Callable[[Iterable[Any]], Row[Any]]

    def bound(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the driver takes
        """The parameters as the driver takes them."""
        if self.fixed:
            values = {**self.fixed, **values}
        if self.positional:
            return [values[name] if into is None else into(values[name]) for name, into in self.parameters]
        return {name: values[name] if into is None else into(values[name]) for name, into in self.parameters}

    def row(self, found: Sequence[Any]) -> Row[Any]:
        """A row that the driver gave."""
        if self.turned:
            found = list(found)
            for place, out in self.turned:
                found[place] = out(found[place])
        return self.made(found)


def _word(statement: Select[Any] | Insert | Update | Delete, dialect: Dialect, names: list[str]) -> _Worded:
    compiled = statement.compile(dialect=dialect, column_keys=names)
    assert isinstance(compiled, SQLCompiler)
    types = {name: parameter.type.dialect_impl(dialect) for parameter, name in compiled.bind_names.items()}
    order = list(types) if compiled.positiontup is None else compiled.positiontup
    columns = statement.exported_columns
    outs = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    return _Worded(
        text=str(compiled),
        parameters=[(name, types[name].bind_processor(dialect)) for name in order],
        fixed={name: compiled.params[name] for name in order if name not in names},
        positional=compiled.positional,
        turned=[(place, out) for place, out in enumerate(outs) if out is not None],
        made=result_tuple([str(column.key) for column in columns]),
    )
