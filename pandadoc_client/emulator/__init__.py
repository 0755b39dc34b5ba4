"""A PandaDoc on loopback, to test programs against: authorization page, token endpoint, faults, journal.

    with Emulator(rotation="fork") as emulator:
        code = emulator.issue_code()
        ...  # point the program under test at emulator.url
        assert emulator.journal.token_requests()[0].form["code"] == code

It needs the extra `pandadoc-client[emulator]`, and knows nothing of the client in the same package. Names are imported
when first used, so that pytest can load the plugin where the extra is missing.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .behaviour import Behaviour, KnownContact, RecipientIds, UnknownNames, WebhookShapes
    from .faults import FAULT_KINDS, Fault, FaultKind, FaultScript, load_faults, parse_faults
    from .journal import Journal, JournalEntry
    from .options import (
        DEFAULT_API_KEY,
        DEFAULT_CLIENT,
        DEFAULT_MODE,
        DEFAULT_SANDBOX_API_KEY,
        ClientRegistration,
        EmulatorMode,
        EmulatorOptions,
        RateLimits,
        RotationMode,
    )
    from .recording import RecordedPair, RecordFileError, Replay
    from .responses import NO_BODY, ResponseScript, ScriptedResponse, parse_responses
    from .server import Emulator, serve
    from .service.core import Service
    from .service.refusal import Refusal
    from .state import EmulatorState, StateSummary, TokenPair

__all__ = [
    "DEFAULT_API_KEY",
    "DEFAULT_CLIENT",
    "DEFAULT_MODE",
    "DEFAULT_SANDBOX_API_KEY",
    "FAULT_KINDS",
    "NO_BODY",
    "Behaviour",
    "ClientRegistration",
    "Emulator",
    "EmulatorMode",
    "EmulatorOptions",
    "EmulatorState",
    "Fault",
    "FaultKind",
    "FaultScript",
    "Journal",
    "JournalEntry",
    "KnownContact",
    "RateLimits",
    "RecipientIds",
    "RecordFileError",
    "RecordedPair",
    "Refusal",
    "Replay",
    "ResponseScript",
    "RotationMode",
    "ScriptedResponse",
    "Service",
    "StateSummary",
    "TokenPair",
    "UnknownNames",
    "WebhookShapes",
    "load_faults",
    "parse_faults",
    "parse_responses",
    "serve",
]

_HOMES = {
    "behaviour": ("Behaviour", "KnownContact", "RecipientIds", "UnknownNames", "WebhookShapes"),
    "recording": ("RecordFileError", "RecordedPair", "Replay"),
    "responses": ("NO_BODY", "ResponseScript", "ScriptedResponse", "parse_responses"),
    "faults": ("FAULT_KINDS", "Fault", "FaultKind", "FaultScript", "load_faults", "parse_faults"),
    "journal": ("Journal", "JournalEntry"),
    "options": (
        "DEFAULT_API_KEY",
        "DEFAULT_CLIENT",
        "DEFAULT_MODE",
        "DEFAULT_SANDBOX_API_KEY",
        "ClientRegistration",
        "EmulatorMode",
        "EmulatorOptions",
        "RateLimits",
        "RotationMode",
    ),
    "server": ("Emulator", "serve"),
    "service.core": ("Service",),
    "service.refusal": ("Refusal",),
    "state": ("EmulatorState", "StateSummary", "TokenPair"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}
_FORMER = {"AnswerScript": "ResponseScript", "ScriptedAnswer": "ScriptedResponse", "parse_answers": "parse_responses"}
_EXTRA = ("starlette", "uvicorn", "h11", "anyio", "openapi_core", "jsonschema", "jsonschema_path", "werkzeug")


def __getattr__(name: str) -> Any:
    if name in _FORMER:
        warnings.warn(f"{name} is deprecated: use {_FORMER[name]}", DeprecationWarning, stacklevel=2)
        name = _FORMER[name]
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_MODULES[name]}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        message = "the emulator needs its extra: pip install 'pandadoc-client[emulator]'"
        raise ModuleNotFoundError(message, name=error.name) from error
    value = globals()[name] = getattr(module, name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
