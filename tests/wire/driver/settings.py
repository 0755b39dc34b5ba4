"""What `Configuration` holds and computes."""

from __future__ import annotations

import copy
import logging
import re
import sys
import tempfile
from typing import Any

import pandadoc_client

from .values import attempt, describe

_ATTRIBUTES = (
    "access_token",
    "api_key",
    "api_key_prefix",
    "assert_hostname",
    "cert_file",
    "client_side_validation",
    "connection_pool_maxsize",
    "debug",
    "disabled_client_side_validations",
    "discard_unknown_keys",
    "host",
    "key_file",
    "logger_file",
    "logger_file_handler",
    "logger_format",
    "logger_stream_handler",
    "no_proxy",
    "password",
    "proxy",
    "proxy_headers",
    "refresh_api_key_hook",
    "retries",
    "safe_chars_for_path_param",
    "server_index",
    "server_operation_index",
    "server_operation_variables",
    "server_variables",
    "socket_options",
    "ssl_ca_cert",
    "temp_folder_path",
    "username",
    "verify_ssl",
)


def configuration(host: str, positional: list[Any], named: dict[str, Any], later: dict[str, Any] | None = None) -> Any:
    """Return every attribute of a configuration made of these arguments and attributes, and what its methods say."""
    make: Any = pandadoc_client.Configuration
    made = make(*positional, **named)
    for name, value in (later or {}).items():
        setattr(made, name, value)
    shown = {name: attempt(getattr, made, name) for name in _ATTRIBUTES}
    shown["auth_settings"] = attempt(made.auth_settings)
    shown["basic"] = attempt(made.get_basic_auth_token)
    shown["key"] = [attempt(made.get_api_key_with_prefix, name) for name in ("apiKey", "other")]
    shown["alias"] = attempt(lambda: made.get_api_key_with_prefix("other", alias="apiKey"))
    shown["alias by position"] = attempt(lambda: made.get_api_key_with_prefix("apiKey", "other"))
    shown["formatter"] = describe(type(made.logger_formatter).__name__)
    return shown


def defaults_are_apart(host: str) -> Any:
    """See whether two configurations share a dict."""
    first, second = pandadoc_client.Configuration(), pandadoc_client.Configuration()
    first.api_key["apiKey"] = "K"
    first.api_key_prefix["apiKey"] = "P"
    given = {"apiKey": "G"}
    third = pandadoc_client.Configuration(api_key=given)
    return [second.api_key, second.api_key_prefix, third.api_key is given]


def hosts(host: str) -> Any:
    """Ask for hosts by index, with variables, and of other servers."""
    made: Any = pandadoc_client.Configuration(host="http://given")
    variables = {"where": {"default_value": "us", "enum_values": ["us", "eu"]}, "base": {"default_value": "v1"}}
    servers = [{"url": "https://{where}.example/{base}", "variables": variables}, {"url": "https://second"}]

    def ask(*arguments: Any, **named: Any) -> Any:
        return attempt(lambda: made.get_host_from_settings(*arguments, **named))

    shown: dict[str, Any] = {"None": ask(None), "0": ask(0), "-1": ask(-1), "1": ask(1), "'0'": ask("0")}
    shown["servers"] = [ask(index, servers=servers) for index in (0, 1, 2, -2, -3)]
    shown["variables"] = ask(0, variables={"where": "eu", "base": "v2"}, servers=servers)
    shown["not allowed"] = ask(0, {"where": "mars"}, servers)
    shown["unknown"] = ask(0, {"who": "knows"}, servers)
    shown["url"] = [server["url"] for server in made.get_host_settings()]
    first, second = made.get_host_settings(), made.get_host_settings()
    first[0]["url"] = "changed"
    shown["apart"] = second[0]["url"] != "changed"
    made.server_index = 0
    shown["by server_index"] = made.host
    made.host = "http://later"
    shown["host set later"] = [made.host, made.server_index]
    made.server_index = 9
    shown["no such server"] = attempt(lambda: made.host)
    return shown


def default_configuration(host: str) -> Any:
    """Set and copy the default configuration."""
    make = pandadoc_client.Configuration
    before = make.get_default_copy()
    own = make(host="http://own", api_key={"apiKey": "K"}, username="u", disabled_client_side_validations="minimum")
    own.server_variables = {"a": "b"}
    own.proxy = "http://proxy"
    make.set_default(own)
    try:
        own.api_key["apiKey"] = "changed"
        first, second = make.get_default_copy(), make.get_default_copy()
        client = pandadoc_client.ApiClient()
        return {
            "before": before.host,
            "host": first.host,
            "key": first.api_key,
            "kept": [first.username, first.proxy, first.server_variables, first.disabled_client_side_validations],
            "apart": [first is not second, first.api_key is not second.api_key, first is not own],
            "of a client": client.configuration.host,
            "after None": (make.set_default(None), make.get_default_copy().host)[1],
        }
    finally:
        make.set_default(None)


def copied(host: str) -> Any:
    """Copy a configuration deeply."""
    made: Any = pandadoc_client.Configuration(host="http://own", api_key={"apiKey": "K"}, access_token="T")
    made.refresh_api_key_hook = _hook
    other = copy.deepcopy(made)
    other.api_key["apiKey"] = "other"
    other.host = "http://other"
    shared = [other.logger["package_logger"] is made.logger["package_logger"], other.refresh_api_key_hook is _hook]
    return [made.api_key, made.host, other.access_token, shared]


def _hook(given: Any) -> None:
    given.api_key["apiKey"] = "of the hook"


def hook_runs(host: str) -> Any:
    """Count how often the hook runs."""
    seen: list[Any] = []
    made: Any = pandadoc_client.Configuration(api_key={"apiKey": "K"})
    made.refresh_api_key_hook = lambda given: seen.append(given is made)
    settings = made.auth_settings()
    made.api_key.clear()
    without = made.auth_settings()
    return [settings, seen, without]


def debug_report(host: str) -> Any:
    """Return the lines of the debug report, numbers of versions left out, and whether it names the interpreter."""
    report = pandadoc_client.Configuration().to_debug_report()
    return [re.sub(r"\d[\d.]*$", "N", line) for line in report.replace(sys.version, "V").splitlines()]


def logging_of(host: str) -> Any:
    """See what a configuration does to the process's loggers."""
    package, library = logging.getLogger("pandadoc_client"), logging.getLogger("urllib3")
    before = [package.level, library.level]
    package.setLevel(logging.INFO)
    library.setLevel(logging.INFO)
    shown: dict[str, Any] = {}
    made: Any = pandadoc_client.Configuration()
    shown["made"] = [package.level, library.level]
    made.debug = True
    shown["debug"] = [made.debug, package.level, library.level]
    made.debug = False
    shown["no debug"] = [made.debug, package.level, library.level]
    shown["loggers"] = [made.logger["package_logger"].name, made.logger["urllib3_logger"].name]
    package.setLevel(before[0])
    library.setLevel(before[1])
    return shown


def logging_to_file(host: str) -> Any:
    """Write log lines to a file, in a format of one's own."""
    made: Any = pandadoc_client.Configuration()
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/log"
        made.logger_format = "<%(levelname)s %(message)s>"
        made.logger_file = path
        logging.getLogger("pandadoc_client").warning("one")
        logging.getLogger("urllib3").warning("two")
        handler = made.logger_file_handler
        shown = [made.logger_file == path, made.logger_format, type(handler).__name__]
        for logger in made.logger.values():
            logger.removeHandler(handler)
        handler.close()
        with open(path, encoding="utf-8") as file:
            return [*shown, file.read()]
