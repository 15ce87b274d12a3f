"""The database: tables hold the facts, views are the contract readers rely on.

::

    from storage import Writer, open_store, upgrade

    upgrade("sqlite:///news.db")                    # create it, or bring it to this version
    with open_store("sqlite:///news.db") as store:  # each call one transaction
        with Writer(store) as writer:               # many calls, few transactions
            ...
    with storage.open("sqlite:///news.db") as news: # to read only
        table = news.articles(source="daily").to_polars()

Names are imported on first use: ``import storage`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.copying import copy as copy
    from storage.formats import export as export
    from storage.lease import Lease as Lease
    from storage.migrate import upgrade as upgrade
    from storage.store import Store as Store
    from storage.store import open_readonly as open  # noqa: A004 - said as storage.open
    from storage.store import open_store as open_store
    from storage.writer import Writer as Writer

_HOMES = {
    "Lease": "storage.lease",
    "Store": "storage.store",
    "Writer": "storage.writer",
    "copy": "storage.copying",
    "export": "storage.formats",
    "open": "storage.store:open_readonly",
    "open_store": "storage.store",
    "upgrade": "storage.migrate",
}

__all__ = ["Lease", "Store", "Writer", "copy", "export", "open", "open_store", "upgrade"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'storage' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    value = globals()[name] = getattr(import_module(module), attribute or name)
    return value
