"""The registry of stores: what cannot read it, because checkers and people read it as text, agrees with it."""

from __future__ import annotations

import inspect
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import pandadoc_client
from pandadoc_client import oauth
from pandadoc_client.exceptions import ApiValueError
from pandadoc_client.oauth import TokenStore, stores, token_store
from pandadoc_client.oauth._store_kinds import KINDS, StoreKind, kind_of, known_urls

from .kinds import KINDS as TESTED

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = Path(pandadoc_client.__file__).parent
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def test_every_module_with_a_store_has_a_row() -> None:
    found = {path.stem for path in (PACKAGE / "oauth" / "stores").glob("[!_]*.py")} - {"base", "entry", "urls"}
    assert found == {kind.module for kind in KINDS}


@each_kind
def test_both_packages_offer_it_and_show_it_to_checkers(kind: StoreKind) -> None:
    for package in (oauth, stores):
        assert issubclass(getattr(package, kind.name), TokenStore)
        assert kind.name in dir(package)
        assert (kind.name in package.__all__) is not bool(kind.extra)
        assert f"import {kind.name} as {kind.name}\n" in inspect.getsource(package)


@each_kind
def test_its_urls_are_understood_and_written_down(kind: StoreKind) -> None:
    assert hasattr(import_module(kind.path), "from_url") is bool(kind.urls)
    page = (PROJECT / "docs" / "oauth.md").read_text(encoding="utf-8")
    table = page.partition("\n## Stores\n")[2].partition("\n\nFiles are")[0]
    assert f"`{kind.name}(" in table
    for scheme in kind.schemes:
        assert kind_of(scheme.upper() + "+driver") is kind
        assert scheme == "postgres" or f"``{scheme}:" in (token_store.__doc__ or "")
    for url in kind.urls:
        assert f"`{url.partition(':')[0]}:" in table


@each_kind
def test_what_it_needs_is_an_extra(kind: StoreKind) -> None:
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert not kind.extra or kind.extra in extras
    assert (f"[{kind.extra}]" if kind.extra else "nothing") in _row(kind.name)


@each_kind
def test_the_contract_suite_runs_over_it(kind: StoreKind) -> None:
    begins = {"sql": "sqlite"}.get(kind.module, kind.module)
    assert any(name.startswith(begins) for name in TESTED)


def test_a_message_names_all_urls() -> None:
    with pytest.raises(ApiValueError) as caught:
        token_store("nonsense")
    assert all(url in str(caught.value) for url in known_urls())


def _row(name: str) -> str:
    return next(line for line in str(stores.__doc__).splitlines() if line.startswith(f"`{name}`"))
