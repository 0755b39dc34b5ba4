"""The contract as the emulator reads it."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.usefixtures("command")
def test_prose_goes_and_names_stay(tmp_path: Path) -> None:
    module = import_module("codegen.contract")
    document: dict[str, Any] = {
        "info": {"title": "T", "version": "1", "description": "prose"},
        "paths": {
            "/a": {
                "get": {
                    "summary": "prose",
                    "parameters": [{"name": "summary", "in": "query", "description": "prose", "example": "é"}],
                    "responses": {
                        "200": {"description": "prose", "headers": {"description": {"description": "prose"}}}
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "description": {
                    "description": "prose",
                    "properties": {"description": {"type": "string", "description": "prose"}, "properties": {}},
                    "example": {"description": "kept"},
                    "enum": [{"summary": "kept"}],
                }
            }
        },
    }
    module.write_contract(module.contract_of(document), tmp_path)
    text = (tmp_path / module.CONTRACT).read_text(encoding="utf-8")
    assert json.loads(text) == {
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/a": {
                "get": {
                    "parameters": [{"name": "summary", "in": "query", "example": "é"}],
                    "responses": {"200": {"headers": {"description": {}}}},
                }
            }
        },
        "components": {
            "schemas": {
                "description": {
                    "properties": {"description": {"type": "string"}, "properties": {}},
                    "example": {"description": "kept"},
                    "enum": [{"summary": "kept"}],
                }
            }
        },
    }
    assert "é" in text
