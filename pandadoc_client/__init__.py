"""A typed Python client for PandaDoc.

The names here are imported when they are first used, so that ``import pandadoc_client`` costs next to nothing.
`PandaDoc` and `AsyncPandaDoc` have every call. Programs for the vendor's SDK find its names; `AsyncApiClient` is its
counterpart for asyncio, and `pandadoc_client.oauth` gets and refreshes tokens.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pandadoc_client._http.clock  # noqa: F401 (it has to be bound before a test tool stops the time)
from pandadoc_client._conflict import MEND, find_conflict

if TYPE_CHECKING:
    from pandadoc_client import api_client as api_client
    from pandadoc_client import configuration as configuration
    from pandadoc_client import exceptions as exceptions
    from pandadoc_client import files as files
    from pandadoc_client import model_utils as model_utils
    from pandadoc_client import oauth as oauth
    from pandadoc_client import rest as rest
    from pandadoc_client import results as results
    from pandadoc_client import throttling as throttling
    from pandadoc_client import waiting as waiting
    from pandadoc_client import webhooks as webhooks
    from pandadoc_client._calls.model import UNSET as UNSET
    from pandadoc_client._calls.model import Unset as Unset
    from pandadoc_client._http.retry import RetryPolicy as RetryPolicy
    from pandadoc_client.api_client import ApiClient as ApiClient
    from pandadoc_client.api_client import AsyncApiClient as AsyncApiClient
    from pandadoc_client.client import AsyncPandaDoc as AsyncPandaDoc
    from pandadoc_client.client import PandaDoc as PandaDoc
    from pandadoc_client.configuration import Configuration as Configuration
    from pandadoc_client.exceptions import ApiAttributeError as ApiAttributeError
    from pandadoc_client.exceptions import ApiConnectionError as ApiConnectionError
    from pandadoc_client.exceptions import ApiException as ApiException
    from pandadoc_client.exceptions import ApiKeyError as ApiKeyError
    from pandadoc_client.exceptions import ApiTimeoutError as ApiTimeoutError
    from pandadoc_client.exceptions import ApiTypeError as ApiTypeError
    from pandadoc_client.exceptions import ApiValueError as ApiValueError
    from pandadoc_client.exceptions import OAuthError as OAuthError
    from pandadoc_client.exceptions import OpenApiException as OpenApiException
    from pandadoc_client.results import as_tool as as_tool
    from pandadoc_client.results import in_thread as in_thread
    from pandadoc_client.results import raw as raw
    from pandadoc_client.results import streamed as streamed

__version__ = "0.2.0"

__all__ = [
    "UNSET",
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
    "Unset",
    "__version__",
    "as_tool",
    "in_thread",
    "raw",
    "streamed",
]

_MODULES = {
    "ApiClient": "api_client",
    "AsyncApiClient": "api_client",
    "AsyncPandaDoc": "client",
    "Configuration": "configuration",
    "PandaDoc": "client",
    "RetryPolicy": "_http.retry",
    "UNSET": "_calls.model",
    "Unset": "_calls.model",
    "as_tool": "results",
    "in_thread": "results",
    "raw": "results",
    "streamed": "results",
} | {name: "exceptions" for name in __all__ if name.endswith(("Error", "Exception"))}

# After `import pandadoc_client` programs for the vendor's SDK reach these as attributes.
_SUBMODULES = frozenset(
    {
        *("api_client", "configuration", "exceptions", "model_utils", "rest"),
        *("files", "oauth", "results", "throttling", "waiting", "webhooks"),
    }
)


if find_conflict():
    import warnings

    warnings.warn(MEND, RuntimeWarning, stacklevel=2)

if not TYPE_CHECKING:  # a type checker shall point out a name that is not there

    def __getattr__(name: str) -> Any:
        if name in _SUBMODULES:
            return import_module(f"{__name__}.{name}")
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_SUBMODULES})
