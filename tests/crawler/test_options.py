"""Options that cannot work are refused with the name of the field."""

from __future__ import annotations

from typing import Any

import pytest

from crawler import FetchOptions
from model.errors import ConfigError
from model.page import Want


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("user_agent", ""),
        ("user_agent", "1bot/1.0"),
        ("user_agent", "(compatible)"),
        ("user_agent", "newsmill2/1.0"),
        ("user_agent", "newsmill/1.0 (Jürgen)"),
        ("user_agent", "newsmill/1.0\r\nX-Injected: yes"),
        ("networks", ("10.0.0.0/33",)),
        ("networks", ("10.0.0.1/8",)),
        ("networks", ("localhost",)),
        ("delay", -1.0),
        ("delay", float("nan")),
        ("max_delay", -0.1),
        ("patience", -1.0),
        ("connect_timeout", 0.0),
        ("read_timeout", 0.0),
        ("total_timeout", -5.0),
        ("max_redirects", -1),
        ("concurrency", 0),
        ("connections", 31),
    ],
)
def test_refused(key: str, value: object) -> None:
    changed: dict[str, Any] = {"user_agent": "newsmill/1.0", key: value}
    with pytest.raises(ConfigError) as caught:
        FetchOptions(**changed)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("user_agent", "product"),
    [
        ("newsmill", "newsmill"),
        ("newsmill/1.0 (+https://example.org/bot; bot@example.org)", "newsmill"),
        ("My-Bot_x/2", "My-Bot_x"),
        ("newsmill (bot@example.org)", "newsmill"),
    ],
)
def test_the_product_token_begins_the_user_agent(user_agent: str, product: str) -> None:
    assert FetchOptions(user_agent=user_agent).product == product


def test_caps_given_replace_those_of_their_kind_only() -> None:
    options = FetchOptions(user_agent="newsmill", caps={Want.PAGE: 1})
    assert [options.cap(want) for want in Want] == [1, 10_000_000, 50_000_000, 512_000, 5_000_000]
