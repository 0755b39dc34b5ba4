"""Messages of the command line name options and variables, and never an argument of Python's."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Pandadoc
from .test_auth import assert_one_line

ACCOUNT = ["documents", "list"]


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (
            ["auth", "exchange", "x"],
            {"CLIENT_SECRET": " MARKER"},
            "--client-secret-file (PANDADOC_CLIENT_SECRET): starts",
        ),
        (["auth", "exchange", "x"], {"CLIENT_ID": "x "}, "--client-id (PANDADOC_CLIENT_ID): starts"),
        (["auth", "exchange", "x", "--scope", ""], {}, "--scope: must not be empty"),
        (["auth", "exchange", " MARKER"], {}, "the code: starts"),
        (["auth", "refresh", " MARKER"], {}, "the refresh token: starts"),
        (
            ["auth", "exchange", "x", "--send-redirect-uri"],
            {"REDIRECT_URI": ""},
            "--send-redirect-uri needs --redirect-uri",
        ),
        (["auth", "exchange", "x", "--host", "https://app.pandadoc.com"], {}, "--host (PANDADOC_HOST) https://app"),
        (["auth", "exchange", "x", "--host", "http://x.example"], {}, "or --allow-insecure"),
        (["auth", "url", "--authorize-url", "x"], {}, "--authorize-url must"),
        (["auth", "url", "--state", ""], {}, "--state must"),
        (
            ["auth", "request", "--grant", "refresh_token", "--as", "curl", "--code", "x"],
            {},
            "the code: goes with --grant",
        ),
        (["login", "--timeout", "-1"], {}, "--timeout must"),
        ([*ACCOUNT, "--host", "x", "--region", "us"], {}, "--region and --host cannot both be given"),
        ([*ACCOUNT, "--region", "mars"], {}, "--region (PANDADOC_REGION) must"),
        ([*ACCOUNT, "--api-key", "Bearer MARKER"], {}, "--api-key begins with 'Bearer'"),
        (ACCOUNT, {"API_KEY": "Bearer MARKER"}, "which is given as PANDADOC_ACCESS_TOKEN"),
        (ACCOUNT, {"API_KEY": "", "ACCESS_TOKEN": "API-Key MARKER"}, "PANDADOC_API_KEY, or by --api-key"),
        ([*ACCOUNT, "--key", ""], {}, "--key must"),
        ([*ACCOUNT, "--store", "postgresql://x:MARKER"], {}, "--store: the URL must"),
        ([*ACCOUNT, "--store", "redis://x:MARKER"], {}, "--store: the URL must"),
        ([*ACCOUNT, "--store", "keyring:%20"], {}, "--store: service must"),
        (["tokens", "list"], {"TOKEN_STORE": "MARKER"}, "PANDADOC_TOKEN_STORE: the URL is"),
        (["tokens", "refresh-due", "--rate", "nan"], {}, "--rate must be a number above 0, or 0 for no limit"),
        (["documents", "download", "x", "-o", "/nowhere/x"], {}, "--output: there is no folder"),
        (["api", "download-document", "--id", "x", "-o", "/nowhere/x"], {}, "--output: there is no folder"),
        (["documents", "wait", "", "--status", "sent"], {}, "the document's ID: the identifier"),
        (["api", "create-contact", "--body", '{"email": 1e999}'], {}, "--body: email: is NaN or infinity"),
        (["webhooks", "listen"], {"WEBHOOK_KEY": "MARKER "}, "the shared key (PANDADOC_WEBHOOK_KEY) has white space"),
    ],
)
def test_an_option_is_named_as_it_is_given(
    pandadoc: Pandadoc, arguments: list[str], variables: dict[str, str], words: str
) -> None:
    environment = {"PANDADOC_API_KEY": "x"} if "API_KEY" not in variables and arguments[0] != "login" else {}
    result = pandadoc(*arguments, **environment, **{f"PANDADOC_{name}": text for name, text in variables.items()})
    assert_one_line(result, 2, words)
    assert "MARKER" not in result.stderr
    assert " at [" not in result.stderr


def test_a_warning_names_the_option_too(pandadoc: Pandadoc) -> None:
    form = {"grant-type": "x", "client-id": "a ", "client-secret": "MARKER ", "scope": "x", "code": "x"}
    options = [word for name, text in form.items() for word in (f"--{name}", text)]
    *warnings, _ = pandadoc("api", "access-token", *options).stderr.splitlines()
    for line, option in zip(warnings, ("--grant-type", "--client-id", "--client-secret"), strict=True):
        assert line.startswith(f"pandadoc: warning: {option}: ")
        assert "MARKER" not in line


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--profile", "p", "status"], "pandadoc login --profile p"),
        (["status", "--profile=p"], "pandadoc login --profile p"),
        (["status", "--key", "a b", "--host", "http://127.0.0.1:1"], "login --key 'a b' --host http://127.0.0.1:1"),
        (["token", "--region", "eu", "--client-id", "x"], "login --region eu --client-id x"),
        (
            ["token", "--store", "file:other.json", "--allow-insecure"],
            "login --store file:other.json --allow-insecure",
        ),
    ],
)
def test_a_hint_repeats_the_options_that_were_given(
    pandadoc: Pandadoc, arguments: list[str], hint: str, tmp_path: Path
) -> None:
    assert pandadoc("profile", "add", "p").returncode == 0
    result = pandadoc(*arguments, PANDADOC_TOKEN_STORE=f"file:{tmp_path / 'tokens.json'}")
    assert_one_line(result, 1, "run: pandadoc")
    assert result.stderr.endswith(f" {hint}\n")


def test_a_hint_shows_no_password_of_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    from pandadoc_client.cli.errors import CommandError, describe

    arguments = ["status", "--store", "postgresql://me:MARKER@host/db?password=MARKER"]
    shown = describe(CommandError("run: pandadoc login"), arguments)
    assert shown == "run: pandadoc login --store 'postgresql://me:***@host/db?***'"
