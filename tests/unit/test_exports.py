"""The names that the package offers: each is there, each is found by a type checker, and no more than these."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import pandadoc_client

ROOT_NAMES = {
    "ApiAttributeError",
    "ApiClient",
    "ApiConnectionError",
    "ApiException",
    "ApiKeyError",
    "ApiTimeoutError",
    "ApiTypeError",
    "ApiValueError",
    "AsyncApiClient",
    "AsyncPandaDoc",
    "Configuration",
    "OAuthError",
    "OpenApiException",
    "PandaDoc",
    "RetryPolicy",
    "UNSET",
    "Unset",
    "__version__",
    "as_tool",
    "in_thread",
    "raw",
    "streamed",
}


def test_the_root_offers_exactly_these() -> None:
    assert set(pandadoc_client.__all__) == ROOT_NAMES
    assert set(dir(pandadoc_client)) >= ROOT_NAMES


@pytest.mark.parametrize(
    "module", ["pandadoc_client", "pandadoc_client.apis", "pandadoc_client.models", "pandadoc_client.oauth"]
)
def test_every_lazy_name_can_be_imported_and_is_declared_for_type_checkers(module: str) -> None:
    loaded = importlib.import_module(module)
    source = Path(str(loaded.__file__)).read_text(encoding="utf-8")
    for name in loaded.__all__:
        assert getattr(loaded, name) is not None
        assert name == "__version__" or f"import {name}" in source or f"{name} as {name}" in source
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = loaded.nothing


def test_star_import_gives_the_names_of_all() -> None:
    names: dict[str, object] = {}
    exec("from pandadoc_client import *", names)
    assert set(names) - {"__builtins__"} == ROOT_NAMES


def test_submodules_are_attributes_as_after_importing_the_vendors_sdk() -> None:
    program = (
        "import pandadoc_client as p;"
        "p.configuration.Configuration; p.exceptions.ApiException; p.api_client.ApiClient;"
        "p.rest.ApiException; p.model_utils.ModelNormal; p.oauth.OAuthClient"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
