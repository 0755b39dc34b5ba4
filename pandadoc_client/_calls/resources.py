"""What a client with all resources is made of: attributes that are API classes."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload

import pandadoc_client

__all__ = ["AsyncResourceHolder", "Resource", "ResourceHolder"]

T = TypeVar("T")


class ResourceHolder:
    """A client whose attributes are API classes.

    Args:
        api_client: The client that makes the calls.
    """

    def __init__(self, api_client: pandadoc_client.ApiClient) -> None:
        self.api_client = api_client


class AsyncResourceHolder:
    """A client whose attributes are API classes, for asyncio and trio.

    Args:
        api_client: The client that makes the calls.
    """

    def __init__(self, api_client: pandadoc_client.AsyncApiClient) -> None:
        self.api_client = api_client


class Resource(Generic[T]):
    """An attribute that is an API class: of a client, one that uses its connections; of the client's class, the class.

    Args:
        apis: The package that has the class as an attribute, imported lazily.
        name: Name of the class.
    """

    def __init__(self, apis: Any, name: str) -> None:
        self._apis = apis
        self._class = name
        self._name = ""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> type[T]: ...

    @overload
    def __get__(self, instance: Any, owner: type[Any]) -> T: ...

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        kind = getattr(self._apis, self._class)
        if instance is None:
            return kind
        resource = vars(instance)[self._name] = kind(instance.api_client)  # from now on it is found there
        return resource
