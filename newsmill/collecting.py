"""How often Python looks for circles of objects that nobody holds any more.

Starting makes objects by the hundred thousand and no garbage. Looking as often as usual takes a sixth of the time until a
crawl begins, and looking through what was imported again and again a twentieth of fetching.
"""

from __future__ import annotations

import gc
from typing import Final

_USUAL: Final = gc.get_threshold()
#: New objects until the next look; still few enough for a command that never says it has started.
_STARTING: Final = (20_000, 20, 20)


def while_starting() -> None:
    """Look rarely: what follows is mostly imports."""
    gc.set_threshold(*_STARTING)


def once_started() -> None:
    """Look as usual from now on, but not through what there is already, which stays to the end."""
    gc.freeze()
    gc.set_threshold(*_USUAL)
