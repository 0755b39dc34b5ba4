"""`Configuration`: where the API is, which credential to use, and how to reach it."""

from __future__ import annotations

import base64
import copy
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

import pandadoc_client
from pandadoc_client import __version__
from pandadoc_client._http.backends import Backend, check_backend
from pandadoc_client._http.bearer import bearer_problem
from pandadoc_client._http.credentials import access_token_of, api_host_of, api_key_of, host_of_manager
from pandadoc_client._http.lazily import LazyModule
from pandadoc_client._http.messages import RESPONSE_LIMIT
from pandadoc_client._http.regions import region_of
from pandadoc_client._http.retry import RetryPolicy, Timeout, check_timeout
from pandadoc_client._http.secrets import hide, repr_in_any_state, type_name
from pandadoc_client.apis.document import API_VERSION, SERVERS
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

if TYPE_CHECKING:
    import httpx
    from typing_extensions import TypeIs

    from pandadoc_client._http import network
else:
    httpx = LazyModule("httpx")
    network = LazyModule("pandadoc_client._http.network")

__all__ = ["JSON_SCHEMA_VALIDATION_KEYWORDS", "AuthProvider", "Configuration"]

JSON_SCHEMA_VALIDATION_KEYWORDS = {
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
}

_LOGGERS = {"package_logger": "pandadoc_client", "urllib3_logger": "urllib3"}
_DEFAULT_TIMEOUT = Timeout()
# How many configurations have a logger at level DEBUG, and the level that it had before, by the logger's name.
_debugged: dict[str, tuple[int, int]] = {}


class AuthProvider(Protocol):
    """What knows the ``httpx.Auth`` that its credential goes through: a ``TokenManager``, an ``AsyncTokenManager``."""

    def httpx_auth(self) -> httpx.Auth:
        """Return it."""
        ...


def _provides_auth(value: object) -> TypeIs[AuthProvider]:
    return hasattr(value, "httpx_auth")


def _credential(setting: str, value: object) -> str:
    """Return a credential as plain text, which a member of an enumeration of texts is, too.

    Raises:
        ApiTypeError: It is no text; the message names the setting.
    """
    if not isinstance(value, str):
        raise ApiTypeError(f"{setting} must be text (str), not {type_name(value)}")
    return str.__str__(value)


def _host(value: str) -> str:
    """Return the URL of the API, ready for paths; what is no text is found out when a call is made."""
    return api_host_of(value) if isinstance(value, str) else value  # pyright: ignore[reportUnnecessaryIsInstance]


class Configuration:
    """Settings of an ``ApiClient``. The arguments by position are those of the vendor's SDK, in its order.

    Args:
        host: URL of the API; the default is that of the manager's client, else ``https://api.pandadoc.com``. A slash or
            ``/public/v1`` at its end is left out.
        api_key: API keys by the name of the security scheme: ``{"apiKey": "…"}``. With a prefix, the same prefix at the
            beginning of a key is left out.
        api_key_prefix: What stands before a key in the header: ``{"apiKey": "API-Key"}``.
        access_token: OAuth 2.0 access token, or a token manager, which stands for ``auth``. With an API key as well,
            the access token is sent.
        username: For `get_basic_auth_token`; no operation uses it.
        password: For `get_basic_auth_token`; no operation uses it.
        discard_unknown_keys: Accepted; unknown fields are always kept.
        disabled_client_side_validations: JSON Schema keywords separated by commas. Accepted; arguments are checked for
            their types alone.
        server_index: Which of `get_host_settings` to use when no host is given.
        server_variables: Values of the variables in that server's URL.
        server_operation_index: Another index for single operations, by operation id.
        server_operation_variables: Other variables for single operations, by operation id.
        ssl_ca_cert: PEM file of the certificate authorities to trust, in place of the system's and the environment's.
        region: ``"us"`` or ``"eu"``, in place of a host.
        auth: An ``httpx.Auth`` that every call with a credential goes through, such as ``OAuth2Auth(manager)``, or a
            token manager itself. It wins over the other credentials.
        timeout: Seconds that a call may take, retries included.
        retries: A number of retries, a ``RetryPolicy``, or urllib3's ``Retry``; None for the default policy.
        allow_insecure: True to permit plain ``http`` to hosts other than this machine.
        rate_limiter: A ``RateLimiter`` that every attempt waits for; it is read once, at a client's first call.
        max_response_size: Bytes that the body of a response may have, unpacked; 128 MiB by default, None for no limit.
            Streamed downloads have none.
        missing_fields: What a field reads as that a response has not: ``"error"`` raises an ``ApiAttributeError``, as
            with the vendor's SDK, ``"none"`` gives None.
        backend: What carries the calls of asynchronous clients: ``"httpx"``, the default, or ``"aiohttp"``. It is read
            once, at a client's first call; blocking clients use httpx.

    Attributes:
        refresh_api_key_hook: Called with the configuration before each use of an API key; it may set a newer one.
        verify_ssl: False to accept any certificate.
        cert_file: PEM file of a client certificate.
        key_file: PEM file of its key.
        assert_hostname: False to accept a certificate of another name, or the name that it must have.
        connection_pool_maxsize: Connections to keep when there are fewer calls at once. More calls at once than this
            have a connection each, too, which is kept while there are that many.
        proxy: URL of a proxy.
        no_proxy: Hosts to reach without it, separated by commas.
        proxy_headers: Headers for the proxy.
        safe_chars_for_path_param: Characters that path parameters may have unencoded.
        socket_options: Options for each socket, as ``socket.setsockopt`` takes them.
        client_side_validation: Accepted; see ``disabled_client_side_validations``.
        temp_folder_path: Folder for the file of a download, which is made when its ``name`` is read; None for the
            system's folder for temporary files.
        logger: The loggers that `debug` and `logger_file` act on, by name.

    Raises:
        ApiValueError: An unknown region, keyword, backend or way of missing fields, both a region and a host, a limit
            below 1, or a host or an access token that is another thing (the site, the URL of an operation, an API key).
        ApiTypeError: A limit that is no whole number.
        ImportError: The library that the backend needs is missing.
    """

    _default: Configuration | None = None

    def __init__(
        self,
        host: str | None = None,
        api_key: dict[str, str] | None = None,
        api_key_prefix: dict[str, str] | None = None,
        access_token: str | AuthProvider | None = None,
        username: str | None = None,
        password: str | None = None,
        discard_unknown_keys: bool = False,
        disabled_client_side_validations: str = "",
        server_index: int | None = None,
        server_variables: dict[str, str] | None = None,
        server_operation_index: dict[str, int] | None = None,
        server_operation_variables: dict[str, dict[str, str]] | None = None,
        ssl_ca_cert: str | None = None,
        *,
        region: str | None = None,
        auth: httpx.Auth | AuthProvider | None = None,
        timeout: float | tuple[float, float] | None = None,
        retries: int | RetryPolicy | None = None,
        allow_insecure: bool = False,
        rate_limiter: pandadoc_client.throttling.RateLimiter | None = None,
        max_response_size: int | None = RESPONSE_LIMIT,
        missing_fields: Literal["error", "none"] = "error",
        backend: Backend | None = None,
    ) -> None:
        # What is refused here is reported with the local variables of this frame, as Sentry and loguru do.
        self.api_key = api_key or {}
        self.username = username
        self.password = password
        manager = access_token if _provides_auth(access_token) else None
        self._access_token: str | None = None if _provides_auth(access_token) else access_token
        del api_key, access_token, password
        self._check_access_token()
        if region is not None:
            if host is not None:
                raise ApiValueError("region and host cannot both be given")
            host = region_of(region).api
        elif host is None and server_index is None:
            host = host_of_manager(auth if manager is None else manager)
        self._base_path = SERVERS[0]["url"] if host is None else _host(host)
        self.server_index = 0 if server_index is None and host is None else server_index
        self.server_variables = server_variables or {}
        self.server_operation_index = server_operation_index or {}
        self.server_operation_variables = server_operation_variables or {}
        self.auth = auth if manager is None else manager
        self.api_key_prefix = api_key_prefix or {}
        self.refresh_api_key_hook: Callable[[Configuration], Any] | None = None
        self.discard_unknown_keys = discard_unknown_keys
        self.disabled_client_side_validations = disabled_client_side_validations
        self.client_side_validation = True
        self.temp_folder_path: str | None = None

        self.timeout = timeout
        self.retries: Any = retries
        self.allow_insecure = allow_insecure
        self.rate_limiter = rate_limiter
        self.max_response_size = max_response_size
        self.missing_fields = missing_fields
        self.backend = backend
        self.verify_ssl = True
        self.ssl_ca_cert = ssl_ca_cert
        self.cert_file: str | None = None
        self.key_file: str | None = None
        self.assert_hostname: str | bool | None = None
        self.connection_pool_maxsize: int | None = (os.cpu_count() or 1) * 5
        self.proxy: str | None = None
        self.no_proxy: str | None = None
        self.proxy_headers: Mapping[str, str] | None = None
        self.safe_chars_for_path_param = ""
        self.socket_options: Sequence[tuple[Any, ...]] | None = None

        self.logger = {name: logging.getLogger(path) for name, path in _LOGGERS.items()}
        self.logger_stream_handler: logging.Handler | None = None
        self.logger_file_handler: logging.FileHandler | None = None
        self.logger_formatter = logging.Formatter()
        self.logger_format = "%(asctime)s %(levelname)s %(message)s"
        self._logger_file: str | None = None
        self._debug = False

    @repr_in_any_state
    def __repr__(self) -> str:
        found = {"access_token": self._access_token, "api_key": self.api_key, "auth": self._auth}
        credentials = [name for name, value in found.items() if value]
        return f"Configuration(host={self._base_path!r}, credentials={credentials})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # Loggers and handlers belong to the process, an httpx.Auth to its tokens, a limiter to all: shared, not copied.
        shared = (
            "logger",
            "logger_file_handler",
            "logger_stream_handler",
            "_auth",
            "refresh_api_key_hook",
            "rate_limiter",
        )
        result = self.__class__.__new__(self.__class__)
        memo[id(self)] = result
        for name, value in self.__dict__.items():
            result.__dict__[name] = value if name in shared else copy.deepcopy(value, memo)
        result._debug = False
        result.debug = self.debug
        return result

    @classmethod
    def set_default(cls, default: Configuration | None) -> None:
        """Make a copy of *default* what `get_default_copy` returns; None to forget it."""
        cls._default = copy.deepcopy(default)

    @classmethod
    def get_default_copy(cls) -> Configuration:
        """Return a copy of the default configuration, or a new one if none was set."""
        return Configuration() if cls._default is None else copy.deepcopy(cls._default)

    @property
    def auth(self) -> httpx.Auth | None:
        """What every call with a credential goes through; a token manager that is set here becomes an `OAuth2Auth`.

        Raises:
            ApiTypeError: What is set is neither an ``httpx.Auth`` nor a token manager.
        """
        return self._auth

    @auth.setter
    def auth(self, value: httpx.Auth | AuthProvider | None) -> None:
        if _provides_auth(value):
            value = value.httpx_auth()
        elif value is not None and not hasattr(value, "sync_auth_flow"):
            raise ApiTypeError(f"auth must be an httpx.Auth or a token manager, not {type(value).__name__}")
        self._auth: httpx.Auth | None = value

    @property
    def access_token(self) -> str | None:
        """The OAuth 2.0 access token. With an `OAuth2Auth` it is the manager's, refreshed before it is returned if
        need be; then reading it raises what ``TokenManager.token`` raises.
        """
        current = getattr(self._auth, "access_token", None)
        return self._access_token if current is None else current()

    @access_token.setter
    def access_token(self, value: str | AuthProvider | None) -> None:
        self._access_token = None
        if _provides_auth(value):
            self.auth = value
        else:
            self._access_token = value
            del value  # a refusal is reported with the local variables of this frame
            self._check_access_token()

    def _check_access_token(self) -> None:
        """Refuse an access token that is another thing, or that no header can carry.

        Raises:
            ApiValueError: It is one. The message does not show it.
        """
        token = hide(self._access_token)
        if not isinstance(token, str) or not token:
            return
        try:
            if problem := bearer_problem(hide(access_token_of("access_token", token))):
                raise ApiValueError(f"access_token {problem}", ["access_token"])
        except ApiValueError:
            self._access_token = None
            raise

    @property
    def max_response_size(self) -> int | None:
        """Bytes that the body of a response may have, unpacked; None for no limit.

        A larger success is an ``ApiDecodeError``. Of an error response at most 1 MiB is read, whatever the limit, and
        streamed downloads have none.
        """
        return self._max_response_size

    @max_response_size.setter
    def max_response_size(self, value: int | None) -> None:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise ApiTypeError(f"max_response_size must be a number of bytes (int) or None, not {type(value).__name__}")
        if value is not None and value < 1:
            raise ApiValueError("max_response_size must be 1 byte or more, or None for no limit")
        self._max_response_size = value

    @property
    def missing_fields(self) -> Literal["error", "none"]:
        """What a field reads as that a response has not: ``"error"`` or ``"none"``."""
        return self._missing_fields

    @missing_fields.setter
    def missing_fields(self, value: Literal["error", "none"]) -> None:
        if value not in ("error", "none"):
            raise ApiValueError('missing_fields must be "error" or "none"', ["missing_fields"])
        self._missing_fields: Literal["error", "none"] = value

    @property
    def backend(self) -> Backend | None:
        """What carries the calls of asynchronous clients: ``"httpx"`` or ``"aiohttp"``; None for the default, httpx."""
        return self._backend

    @backend.setter
    def backend(self, value: Backend | None) -> None:
        check_backend(value)
        self._backend: Backend | None = value

    @property
    def disabled_client_side_validations(self) -> str:
        """JSON Schema keywords separated by commas; what is no keyword is refused."""
        return self._disabled_names

    @disabled_client_side_validations.setter
    def disabled_client_side_validations(self, value: str) -> None:
        names = {name for name in value.split(",") if name}
        for name in sorted(names - JSON_SCHEMA_VALIDATION_KEYWORDS):
            raise ApiValueError(f"Invalid keyword: '{name}'")
        self._disabled_names = value
        self._disabled_client_side_validations = names

    @property
    def host(self) -> str:
        """URL of the API, to which the path of an operation is appended."""
        return self.get_host_from_settings(self.server_index, variables=self.server_variables)

    @host.setter
    def host(self, value: str) -> None:
        self._base_path = _host(value)
        self.server_index = None

    def get_host_settings(self) -> list[dict[str, Any]]:
        """Return the servers that the API document names."""
        return copy.deepcopy(SERVERS)

    def get_host_from_settings(
        self,
        index: int | None,
        variables: Mapping[str, str] | None = None,
        servers: Sequence[Mapping[str, Any]] | None = None,
    ) -> str:
        """Return a server's URL with its variables filled in; the configured host if *index* is None.

        Raises:
            ApiValueError: No such server, or a variable with a value that the server does not allow.
        """
        if index is None:
            return self._base_path
        servers = self.get_host_settings() if servers is None else servers
        try:
            server = servers[index]
        except (IndexError, TypeError):
            problem = f"Invalid index {index} when selecting the host settings. Must be less than {len(servers)}"
            raise ApiValueError(problem) from None
        url: str = server["url"]
        for name, variable in server.get("variables", {}).items():
            value = variables[name] if variables and name in variables else variable["default_value"]
            if value not in variable.get("enum_values", [value]):
                allowed = ", ".join(variable["enum_values"])
                raise ApiValueError(f"The variable {name} of the server's URL must be one of {allowed}")
            url = url.replace(f"{{{name}}}", value)
        return url

    def call_timeout(self, timeout: Any) -> Timeout:
        """Return the limits of one call: those given, else those of the configuration, else the package's.

        Raises:
            ApiValueError: They cannot be used.
        """
        usual = check_timeout(self.timeout, _DEFAULT_TIMEOUT)
        return usual if timeout is None else check_timeout(timeout, usual)

    def call_host(self, operation_id: str, index: int | None) -> str:
        """Return the URL for one call. A host that was given is server 0, whatever the document names.

        Raises:
            ApiValueError: No such server.
        """
        if index is None:
            index = self.server_operation_index.get(operation_id, self.server_index)
        elif self.server_index is None:
            servers = [{"url": self._base_path}]
            return self.get_host_from_settings(index, servers=servers)
        variables = self.server_operation_variables.get(operation_id, self.server_variables)
        return self.get_host_from_settings(index, variables=variables)

    def get_api_key_with_prefix(self, identifier: str, alias: str | None = None) -> str | None:
        """Return an API key as it goes into the header, or None; runs `refresh_api_key_hook` first."""
        if self.refresh_api_key_hook is not None:
            self.refresh_api_key_hook(self)
        key = hide(self.api_key.get(identifier) or (self.api_key.get(alias) if alias is not None else None))
        if not key:
            return None
        setting = f"api_key[{identifier!r}]"
        key = _credential(setting, key)
        prefix = (self.api_key_prefix.get(identifier) or "").strip()
        if not prefix:
            return key
        has_prefix = key.lower().startswith(f"{prefix.lower()} ")
        return f"{prefix} {key[len(prefix) :].strip() if has_prefix else api_key_of(setting, key)}"

    def get_basic_auth_token(self) -> str:
        """Return the value of an Authorization header for `username` and `password` (RFC 7617)."""
        pair = f"{self.username or ''}:{self.password or ''}"
        return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"

    def auth_settings(self) -> dict[str, dict[str, Any]]:
        """Return the credentials that are set, by security scheme: type, place, header and its value."""
        settings: dict[str, dict[str, Any]] = {}
        if "apiKey" in self.api_key:
            value = hide(self.get_api_key_with_prefix("apiKey"))
            settings["apiKey"] = {"type": "api_key", "in": "header", "key": "Authorization", "value": value}
        if self._access_token:  # that of a manager is put in when the request leaves, and not before
            token = _credential("access_token", hide(self._access_token))
            value = hide(f"Bearer {access_token_of('access_token', token)}")
            del token
            settings["oauth2"] = {"type": "oauth2", "in": "header", "key": "Authorization", "value": value}
        return settings

    def transport_settings(self) -> network.TransportSettings:
        """Return what is set for the network: certificates, proxies, connections, the limiter."""
        from pandadoc_client._http.network import TransportSettings  # imports httpx, which the first call needs

        return TransportSettings(
            allow_insecure=self.allow_insecure,
            verify_ssl=self.verify_ssl,
            ca_file=self.ssl_ca_cert,
            cert_file=self.cert_file,
            key_file=self.key_file,
            assert_hostname=self.assert_hostname,
            proxy=self.proxy,
            no_proxy=self.no_proxy,
            proxy_headers=self.proxy_headers,
            pool_size=4 if self.connection_pool_maxsize is None else self.connection_pool_maxsize,
            socket_options=self.socket_options,
            rate_limiter=self.rate_limiter,
            backend=self.backend,
        )

    def to_debug_report(self) -> str:
        """Return what to tell in a bug report: versions and platform, no setting."""
        lines = (
            "Python SDK Debug Report:",
            f"OS: {sys.platform}",
            f"Python Version: {sys.version}",
            f"Version of the API: {API_VERSION}",
            f"SDK Package Version: {__version__}",
        )
        return "\n".join(lines)

    @property
    def debug(self) -> bool:
        """True to log every call at level DEBUG, secrets masked; False gives the loggers their former level back.

        Where nothing is set up to receive them, the lines go to standard error.
        """
        return self._debug

    @debug.setter
    def debug(self, value: bool) -> None:
        if value and not self._debug:
            for logger in self.logger.values():
                users, level = _debugged.get(logger.name, (0, logger.level))
                _debugged[logger.name] = users + 1, level
                logger.setLevel(logging.DEBUG)
            if not self.logger["package_logger"].hasHandlers():
                self.logger_stream_handler = logging.StreamHandler()
                self.logger_stream_handler.setFormatter(self.logger_formatter)
                self.logger["package_logger"].addHandler(self.logger_stream_handler)
        elif self._debug and not value:
            for logger in self.logger.values():
                users, level = _debugged.pop(logger.name, (1, logging.NOTSET))
                if users > 1:
                    _debugged[logger.name] = users - 1, level
                else:
                    logger.setLevel(level)
            if self.logger_stream_handler is not None:
                self.logger["package_logger"].removeHandler(self.logger_stream_handler)
                self.logger_stream_handler = None
        self._debug = value

    @property
    def logger_file(self) -> str | None:
        """Path of a file that the loggers write to; None for none."""
        return self._logger_file

    @logger_file.setter
    def logger_file(self, value: str | None) -> None:
        handler = None
        if value:
            handler = logging.FileHandler(value, encoding="utf-8")
            handler.setFormatter(self.logger_formatter)
        former, self.logger_file_handler = self.logger_file_handler, handler
        for logger in self.logger.values():
            if former is not None:
                logger.removeHandler(former)
            if handler is not None:
                logger.addHandler(handler)
        if former is not None:
            former.close()
        self._logger_file = value

    @property
    def logger_format(self) -> str:
        """The format of the lines in `logger_file`."""
        return self._logger_format

    @logger_format.setter
    def logger_format(self, value: str) -> None:
        self._logger_format = value
        self.logger_formatter = logging.Formatter(value)
        if self.logger_file_handler is not None:
            self.logger_file_handler.setFormatter(self.logger_formatter)
