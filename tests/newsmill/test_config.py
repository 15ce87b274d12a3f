"""Settings: what config.yaml may say, and how mistakes are told."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.access import Proxy, Render
from model.errors import ConfigError
from newsmill.config import load, parse
from newsmill.config.schema import Settings
from newsmill.shipped import default_config
from newsmill.units import duration, size
from storage.values import Keep

SOURCE = "sources:\n  - name: a\n    url: http://example.org/\n"


def wrong(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse(text, file=Path("config.yaml"), environment={})
    return caught.value


def test_the_shipped_file_holds_several_sources_with_feeds() -> None:
    settings = parse(default_config(), environment={})
    assert len(settings.sources) >= 6
    assert all(source.feeds for source in settings.sources)
    assert len({source.language for source in settings.sources}) >= 3


def test_the_shipped_file_repeats_only_defaults() -> None:
    shipped, defaults = parse(default_config(), environment={}), Settings()
    assert shipped.model_copy(update={"source_entries": ()}) == defaults


def test_an_unknown_key_names_key_line_and_what_is_allowed() -> None:
    error = wrong(SOURCE + "    evry: 1h\n")
    assert (error.key, error.line) == ("sources[0].evry", 4)
    assert "did you mean every?" in str(error)
    assert "include, exclude" in str(error)
    assert str(error).startswith("config.yaml:4: ")


def test_an_unknown_key_of_rules_is_found_too() -> None:
    error = wrong(SOURCE + "    rules:\n      remov: .ad\n")
    assert (error.key, error.line) == ("sources[0].rules.remov", 5)
    assert "remove, body, title" in str(error)


@pytest.mark.parametrize(
    ("text", "key", "line", "told"),
    [
        ("fetch:\n  delay: 2 parsecs\n", "fetch.delay", 2, "s, m, h, d, w"),
        ("fetch:\n  max_page: huge\n", "fetch.max_page", 2, "kb, mb"),
        ("fetch:\n  networks: [10.0.0.0/33]\n", "fetch.networks[0]", 2, "10.0.0.0/8"),
        ("fetch:\n  concurrency: 0\n", "fetch.concurrency", 2, "greater than or equal to 1"),
        (SOURCE + "    every: 10s\n", "sources[0].every", 4, "under a minute"),
        (SOURCE + "    every: 61 * * * *\n", "sources[0].every", 4, "not a cron line"),
        (SOURCE + "    include: ['(']\n", "sources[0].include[0]", 4, "not a regular expression"),
        (SOURCE + "    language: english\n", "sources[0].language", 4, "english"),
        ("sources:\n  - name: a\n    url: ftp://example.org/\n", "sources[0].url", 3, "http://"),
        ("sources:\n  - name: a\n    url: http://me:secret@example.org/\n", "sources[0].url", 3, "password"),
        ("sources:\n  - name: a\n", "sources[0].url", 2, "is missing"),
        ("sources:\n  - name: a b\n    url: http://example.org/\n", "sources[0].name", 2, "a b"),
        ("fetch: 3\n", "fetch", 1, "3"),
        ("fetch: {}\nfetch: {}\n", "fetch", 2, "given twice, first in line 1"),
        (f"fetch:\n  max_page: {'9' * 400}\n", "fetch.max_page", 2, "more bytes than can be counted"),
        (SOURCE + "    rules:\n      remove: ['.ad', '[[']\n", "sources[0].rules.remove[1]", 5, "not a CSS selector"),
        (SOURCE + "    rules: {body: 'p:nope'}\n", "sources[0].rules.body", 4, "not a CSS selector"),
    ],
)
def test_a_wrong_value_names_its_place(text: str, key: str, line: int, told: str) -> None:
    error = wrong(text)
    assert (error.key, error.line) == (key, line)
    assert told in str(error)


def test_several_mistakes_are_counted() -> None:
    assert "and 1 more mistake " in str(wrong("fetch:\n  delay: x\n  nope: 1\n"))


def test_two_sources_of_one_name_are_refused() -> None:
    assert "two sources are named a" in str(wrong(SOURCE + "  - name: a\n    url: http://example.com/\n"))


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "\t", "- 1\n- 2\n", "just words", "!!python/object:os.system x"])
def test_what_is_not_a_mapping_in_yaml_is_a_config_error(text: str) -> None:
    assert "config.yaml" in str(wrong(text))


@pytest.mark.parametrize("text", ["contact: 2026-02-30\n", "contact: !!int x\n", "a: &a [*a]\n", "[" * 5_000, "? [a]\n: b\n"])
def test_yaml_that_cannot_be_made_into_values_is_a_config_error(text: str) -> None:
    assert "config.yaml" in str(wrong(text))


def test_aliases_that_multiply_are_refused_before_they_fill_memory() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)]
    assert "values" in str(wrong("\n".join(lines)))


@given(st.text(max_size=200))
def test_any_text_is_settings_or_a_config_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        parse(text, environment={})


def test_an_empty_file_is_all_defaults() -> None:
    assert parse("", environment={}) == Settings()


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="newsmill init"):
        load(tmp_path / "config.yaml")


def test_the_environment_fills_in_values() -> None:
    text = "database: postgresql://mill:${SECRET}@db/news\ncontact: ${MAIL:-me@example.net}\n"
    settings = parse(text, environment={"SECRET": "s3"})
    assert settings.database == "postgresql://mill:s3@db/news"
    assert settings.contact == "me@example.net"


def test_a_missing_variable_is_named() -> None:
    assert "SECRET" in str(wrong("database: ${SECRET}\n"))


def test_the_database_of_the_environment_comes_first() -> None:
    assert parse("database: a.sqlite\n", environment={"NEWSMILL_DATABASE": "b.sqlite"}).database == "b.sqlite"


def test_the_user_agent_carries_version_and_contact() -> None:
    agent = parse("contact: me@example.net\n", environment={}).full_user_agent
    assert agent.startswith("newsmill/")
    assert "+me@example.net" in agent


def test_a_source_takes_the_general_interval_unless_it_has_its_own() -> None:
    entry = "schedule:\n  every: 2h\n" + SOURCE + "  - name: b\n    url: http://example.net/\n    every: 0 6 * * *\n"
    assert [source.every for source in parse(entry, environment={}).sources] == ["2h", "0 6 * * *"]


def test_a_single_value_may_stand_where_a_list_is_meant() -> None:
    (source,) = parse(SOURCE + "    feeds: http://example.org/rss\n    exclude: /video/\n", environment={}).sources
    assert source.feeds == ("http://example.org/rss",)
    assert source.exclude == ("/video/",)


@pytest.mark.parametrize(("text", "length"), [("90s", 90), ("1.5h", 5400), ("2w", 1_209_600), (30, 30), ("0", 0)])
def test_durations(text: str | float, length: float) -> None:
    assert duration(text) == timedelta(seconds=length)


@pytest.mark.parametrize("text", ["", "-1s", "1y", "s", "1 h 2 m", True, "9" * 400])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|longer"):
        duration(text)


@pytest.mark.parametrize(("text", "count"), [("5MB", 5_000_000), ("500KiB", 512_000), (1000, 1000), ("2gb", 2_000_000_000)])
def test_sizes(text: str | float, count: int) -> None:
    assert size(text) == count


def test_how_a_source_is_asked() -> None:
    settings = parse(
        """
        contact: a@example.org
        sources:
          - name: a
            url: https://example.org/
            headers: {Authorization: "Bearer ${TOKEN}", Accept-Language: de}
            proxy: http://me:hush@proxy.example:3128
            cookies: true
            render: browser
        """,
        environment={"TOKEN": "hush"},
    )
    access = settings.sources[0].access
    assert access.headers == (("Authorization", "Bearer hush"), ("Accept-Language", "de"))
    assert access.proxy == Proxy(scheme="http", host="proxy.example", port=3128, user="me", password="hush")
    assert (access.cookies, access.render) == (True, Render.BROWSER)
    assert "hush" not in repr(settings)
    assert "hush" not in repr(settings.sources)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("headers: {Host: other.example}", "Host may not be set: the host is that of the address"),
        ("headers: {Cookie: a=1}", "Cookie may not be set: cookies are kept per host; see the key cookies"),
        ("headers: {Connection: close}", "Connection may not be set"),
        ("proxy: ftp://proxy.example", "begins with http://, https:// or socks5://"),
        ("proxy: socks5h://me:hush@proxy.example", "socks5h has the proxy look names up"),
        ("render: lynx", "'none' or 'browser'"),
    ],
)
def test_slips_in_how_a_source_is_asked(line: str, message: str) -> None:
    text = f"sources:\n  - name: a\n    url: https://example.org/\n    {line}\n"
    with pytest.raises(ConfigError, match=message) as caught:
        parse(text)
    assert (caught.value.line, caught.value.key) == (4, f"sources[0].{line.partition(':')[0]}")
    assert "hush" not in str(caught.value)


def test_what_is_kept_for_all_and_for_one() -> None:
    settings = parse(
        """
retention: {raw: 10d, raw_size: 1GB, events: 5d}
sources:
  - {name: common, url: https://a.example/}
  - {name: short, url: https://b.example/, retention: {raw: 1d}}
  - {name: sized, url: https://c.example/, retention: {raw_size: 2MB}}
"""
    )
    keeping = settings.keeping()
    assert (keeping.raw, keeping.events) == (Keep(age=timedelta(days=10), size=10**9), timedelta(days=5))
    assert keeping.sources == {
        "short": Keep(age=timedelta(days=1), size=0),
        "sized": Keep(age=timedelta(days=10), size=2 * 10**6),
    }
    longer = settings.keeping(raw=timedelta(days=20))
    assert {longer.raw.age, *(keep.age for keep in longer.sources.values())} == {timedelta(days=20)}
    assert "retention" not in {field.name for field in fields(settings.sources[1])}
