"""What `inspect`, `typing`, `help` and `unittest.mock` see of methods and models: every argument by its name."""

from __future__ import annotations

import inspect
import pydoc
import typing
from collections.abc import Coroutine
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest

import pandadoc_client
from pandadoc_client import AsyncPandaDoc, PandaDoc, apis, models
from pandadoc_client._calls.model import Model
from pandadoc_client.apis.resources import AsyncResources, Resources

from ..operations import OPERATIONS

CLASSES = [getattr(apis, name) for name in apis.__all__]
METHODS = [
    pytest.param(kind, name, id=f"{kind.__name__}.{name}")
    for kind in CLASSES
    for name, _ in inspect.getmembers(kind, inspect.isfunction)
    if not name.startswith("_")
]
MODELS = [kind for name in models.__all__ if issubclass(kind := getattr(models, name), Model)]
RESOURCES = [name for name in vars(Resources) if not name.startswith("_")]
PAGING = {"page_size", "max_items"}


@pytest.mark.parametrize(("kind", "name"), METHODS)
def test_a_method_is_one_function_with_annotations_that_resolve(kind: type, name: str) -> None:
    method = getattr(kind, name)
    assert typing.get_overloads(method) == []
    hints = typing.get_type_hints(method)
    signature = inspect.signature(method, eval_str=True)
    assert set(hints) == {*signature.parameters, "return"} - {"self"}


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_the_annotations_of_a_model_resolve(kind: type[Model]) -> None:
    hints = typing.get_type_hints(kind)
    assert set(kind._fields) <= set(hints)
    parameters = inspect.signature(kind).parameters
    assert set(parameters) == {*kind._fields, "additional_properties"}
    by_position = [name for name, found in parameters.items() if found.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    assert tuple(by_position) == kind._required


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("world", [0, 1], ids=["sync", "async"])
def test_a_method_has_the_arguments_of_its_operation_and_says_what_they_mean(name: str, world: int) -> None:
    operation = OPERATIONS[name][2]
    method = getattr(OPERATIONS[name][world], name)
    parameters = dict(inspect.signature(method).parameters)
    del parameters["self"]
    assert parameters.popitem()[0] == "kwargs"
    required = [parameter.name for parameter in operation.parameters if parameter.required]
    optional = [parameter.name for parameter in operation.parameters if not parameter.required]
    assert list(parameters) == required + optional
    for argument in required:
        assert parameters[argument].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert parameters[argument].default is inspect.Parameter.empty
    for argument in optional:
        assert parameters[argument].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[argument].default in (None, pandadoc_client.UNSET)
    text = " ".join((method.__doc__ or "").split())
    assert operation.summary in text
    for argument, meaning in operation.meanings.items():
        assert f"{argument}: {' '.join(meaning.split())}" in text


@pytest.mark.parametrize(("kind", "name"), [case for case in METHODS if ".iterate_" in str(case.id)])
def test_an_iterator_has_the_filters_of_its_list(kind: type, name: str) -> None:
    parameters = dict(inspect.signature(getattr(kind, name)).parameters)
    assert "max_items" in parameters
    assert isinstance(parameters["page_size"].default, int) if "page_size" in parameters else True
    assert not {"page", "offset"} & set(parameters)


def test_help_shows_the_arguments() -> None:
    text = pydoc.render_doc(apis.DocumentsApi.list_documents, renderer=pydoc.plaintext)  # type: ignore[attr-defined]  # typeshed lacks it
    text = text.replace("'", "")  # before Python 3.15, annotations stand in quotes
    assert "order_by: models.DocumentOrderingFieldsEnum | models.DocumentOrderingFieldsEnum.Value | None = None" in text
    assert "order_by: Sort key" in text


@pytest.mark.parametrize(("kind", "holder"), [(PandaDoc, Resources), (AsyncPandaDoc, AsyncResources)])
def test_a_mock_of_a_client_has_every_method(kind: type, holder: type) -> None:
    mock = create_autospec(kind, instance=True)
    for resource in RESOURCES:
        api = getattr(holder, resource)
        for name, method in inspect.getmembers(api, inspect.isfunction):
            if not name.startswith("_"):
                made = getattr(getattr(mock, resource), name)
                assert isinstance(made, AsyncMock) == inspect.iscoroutinefunction(method)
    with pytest.raises(TypeError):
        mock.documents.details_document()
    with pytest.raises(AttributeError):
        mock.documents.list_documnets  # noqa: B018


def test_a_client_has_the_classes_of_its_resources_as_attributes() -> None:
    assert PandaDoc.documents is apis.DocumentsApi
    assert AsyncPandaDoc.documents is apis.AsyncDocumentsApi
    with PandaDoc(api_key="k") as pd:
        assert type(pd.documents) is apis.DocumentsApi
        assert pd.documents is pd.documents


def test_an_unknown_argument_is_refused_with_its_name() -> None:
    with PandaDoc(api_key="k") as pd:
        call: Any = pd.documents.list_documents
        with pytest.raises(pandadoc_client.ApiTypeError, match="unexpected parameter 'colour' to method"):
            call(colour="red")


def test_unset_has_a_public_path_and_is_false() -> None:
    assert not pandadoc_client.UNSET
    assert isinstance(pandadoc_client.UNSET, pandadoc_client.Unset)


def test_every_coroutine_method_has_a_blocking_twin_with_the_same_parameters() -> None:
    def parameters(kind: type, name: str) -> list[tuple[str, Any]]:
        found = inspect.signature(getattr(kind, name)).parameters.values()
        return [(one.name, one.default) for one in found]

    for name in apis.__all__:
        if not name.startswith("Async"):
            blocking, other = getattr(apis, name), getattr(apis, f"Async{name}")
            names = {member for member, _ in inspect.getmembers(blocking, inspect.isfunction)}
            assert names == {member for member, _ in inspect.getmembers(other, inspect.isfunction)}
            for member in names:
                assert parameters(blocking, member) == parameters(other, member)
                returned = typing.get_type_hints(getattr(other, member)).get("return")
                assert not inspect.iscoroutinefunction(getattr(blocking, member))
                assert typing.get_origin(returned) is not Coroutine
