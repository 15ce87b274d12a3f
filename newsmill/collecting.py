"""What is spared while a command starts: looking for circles of objects that nobody holds any more, and idle threads.

Starting makes objects by the hundred thousand and no garbage. Looking as often as usual takes a sixth of the time until a
crawl begins, and looking through what was imported again and again a twentieth of fetching.
"""

from __future__ import annotations

import gc
import os
from typing import Final

_USUAL: Final = gc.get_threshold()
#: New objects until the next look; still few enough for a command that never says it has started.
_STARTING: Final = (20_000, 20, 20)


def while_starting() -> None:
    """Look rarely, and let numpy begin no threads, in child processes neither: what follows is mostly imports."""
    gc.set_threshold(*_STARTING)
    # numpy comes with OpenBLAS, which begins a thread for each further core as it is imported, here and in the process that
    # cleaning processes are forked from: they wait busily for matrices, 50 ms of CPU in each process, and no work ever comes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def once_started() -> None:
    """Look as usual from now on, but not through what there is already, which stays to the end."""
    gc.freeze()
    gc.set_threshold(*_USUAL)
