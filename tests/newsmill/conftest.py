"""The sample sites, served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsmill.demo.server import SampleSites

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sites() -> Iterator[SampleSites]:
    with SampleSites() as served:
        yield served
