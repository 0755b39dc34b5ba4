"""The names of the vendor's SDK are here, by the same paths and with the same parameters, but for those listed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.wire.harness import Case, Pair, run_both

API = "pandadoc_client.api.o_auth_2_0_authentication_api"
MODEL = "pandadoc_client.model.o_auth2_access_token_response"
# What each module imported for its own use; programs find it where it belongs.
OF_THE_GENERATOR = {
    *("check_allowed_values", "check_validations", "validate_and_convert_types", "validate_get_composed_info"),
    *("cached_property", "change_keys_js_to_python", "convert_js_args_to_python_args", "deserialize_file"),
    *("ModelComposed", "ModelNormal", "ModelSimple", "OpenApiModel", "ApiAttributeError", "ApiTypeError"),
    *("date", "datetime", "file_type", "none_type"),
}
# Public modules, and what of them is left out: the machinery of the generator, and things of other libraries.
MISSING: Mapping[str, set[str]] = {
    "pandadoc_client": set(),
    "pandadoc_client.exceptions": set(),
    "pandadoc_client.configuration": set(),
    "pandadoc_client.rest": {
        *("RESTClientObject", "in_ipv4net", "is_ipv4", "should_bypass_proxies"),
        *("proxy_bypass_environment", "urlencode", "urlparse"),
    },
    "pandadoc_client.api_client": {
        *("Endpoint", "ApiException", "ApiTypeError", "ModelComposed", "ModelNormal", "ModelSimple"),
        *("RequestField", "ThreadPool", "model_to_dict", "quote"),
        *("check_allowed_values", "check_validations", "validate_and_convert_types", "deserialize_file"),
        *("date", "datetime", "file_type", "none_type"),
    },
    API: OF_THE_GENERATOR | {"OAuth2AccessTokenResponse"},  # imported when a call needs it
    MODEL: OF_THE_GENERATOR,
    "pandadoc_client.model.member_details_response": OF_THE_GENERATOR,
}
KEPT_OF_MODEL_UTILS = {
    *("ApiAttributeError", "ApiKeyError", "ApiTypeError", "ApiValueError"),
    *("ModelComposed", "ModelNormal", "ModelSimple", "OpenApiModel", "model_to_dict"),
    *("date", "datetime", "file_type", "none_type"),
}
API_CLASSES = {
    "api_logs_api": "APILogsApi",
    "contacts_api": "ContactsApi",
    "content_library_items_api": "ContentLibraryItemsApi",
    "document_attachments_api": "DocumentAttachmentsApi",
    "document_recipients_api": "DocumentRecipientsApi",
    "documents_api": "DocumentsApi",
    "folders_api_api": "FoldersAPIApi",
    "forms_api": "FormsApi",
    "members_api": "MembersApi",
    "quotes_api": "QuotesApi",
    "sections_api": "SectionsApi",
    "templates_api": "TemplatesApi",
    "user_and_workspace_management_api": "UserAndWorkspaceManagementApi",
    "webhook_events_api": "WebhookEventsApi",
    "webhook_subscriptions_api": "WebhookSubscriptionsApi",
}
# Classes, and the attributes left out of them.
CLASSES: Mapping[tuple[str, str], set[str]] = {
    ("pandadoc_client", "Configuration"): set(),
    ("pandadoc_client", "ApiClient"): {"get_file_data_and_close_file", "parameters_to_multipart"},
    ("pandadoc_client.exceptions", "OpenApiException"): set(),
    ("pandadoc_client.exceptions", "ApiException"): set(),
    ("pandadoc_client.exceptions", "UnauthorizedException"): set(),
    ("pandadoc_client.exceptions", "ForbiddenException"): set(),
    ("pandadoc_client.exceptions", "NotFoundException"): set(),
    ("pandadoc_client.exceptions", "ServiceException"): set(),
    ("pandadoc_client.exceptions", "ApiTypeError"): set(),
    ("pandadoc_client.exceptions", "ApiValueError"): set(),
    ("pandadoc_client.exceptions", "ApiAttributeError"): set(),
    ("pandadoc_client.exceptions", "ApiKeyError"): set(),
    (API, "OAuth20AuthenticationApi"): set(),
    **{(f"pandadoc_client.api.{module}", name): set() for module, name in API_CLASSES.items()},
    (MODEL, "OAuth2AccessTokenResponse"): {
        *("additional_properties_type", "allowed_values", "attribute_map", "discriminator", "openapi_types"),
        *("read_only_vars", "required_properties", "set_attribute", "validations"),
    },
}
# Models take their fields by keyword only; what else the vendor's constructor declares belongs to its generator.
OWN_PARAMETERS = {("OAuth2AccessTokenResponse", "__init__")}


@pytest.fixture(scope="module")
def outcomes() -> Mapping[str, Pair]:
    modules = (*MISSING, "pandadoc_client.model_utils", "pandadoc_client.models", "pandadoc_client.apis")
    cases = [Case(f"names/{module}", "names", {"module": module}) for module in modules]
    for module, owner in CLASSES:
        arguments = {"module": module, "owner": owner}
        cases.append(Case(f"methods/{owner}", "methods", arguments))
        cases.append(Case(f"signatures/{owner}", "signatures", arguments))
    return run_both(cases)


def missing(pair: Pair) -> set[str]:
    assert pair.vendor.result, "the vendor's SDK has names to compare with"
    return set(pair.vendor.result) - set(pair.ours.result)


@pytest.mark.parametrize("module", MISSING)
def test_a_module_has_the_vendors_names(outcomes: Mapping[str, Pair], module: str) -> None:
    assert missing(outcomes[f"names/{module}"]) <= MISSING[module]


def test_model_utils_has_what_programs_import_from_it(outcomes: Mapping[str, Pair]) -> None:
    pair = outcomes["names/pandadoc_client.model_utils"]
    assert set(pair.ours.result) >= KEPT_OF_MODEL_UTILS
    assert set(pair.vendor.result) >= KEPT_OF_MODEL_UTILS


def test_every_model_and_api_class_of_the_vendors_sdk_is_here(outcomes: Mapping[str, Pair]) -> None:
    models, apis = (outcomes[f"names/pandadoc_client.{name}"] for name in ("models", "apis"))
    assert len(models.vendor.result) > 150
    assert missing(models) == set()
    assert len(apis.vendor.result) > 15
    assert missing(apis) == set()


@pytest.mark.parametrize(("module", "owner"), CLASSES)
def test_a_class_has_the_vendors_attributes(outcomes: Mapping[str, Pair], module: str, owner: str) -> None:
    pair = outcomes[f"methods/{owner}"]
    assert set(pair.vendor.result) - set(pair.ours.result) == CLASSES[module, owner]


@pytest.mark.parametrize(("module", "owner"), CLASSES)
def test_methods_take_the_vendors_parameters_in_its_order(
    outcomes: Mapping[str, Pair], module: str, owner: str
) -> None:
    """Ours may take more, but only such as may be left out; what the vendor's ``kwargs`` takes has names here."""
    pair = outcomes[f"signatures/{owner}"]
    for name, parameters in pair.vendor.result.items():
        if name in CLASSES[module, owner] or (owner, name) in OWN_PARAMETERS:
            continue
        own = pair.ours.result[name]
        if ["kwargs", "VAR_KEYWORD"] in [entry[:2] for entry in parameters]:
            assert own[-1][:2] == ["kwargs", "VAR_KEYWORD"], f"{owner}.{name}"
            parameters, own = parameters[:-1], own[:-1]
        shared, further = own[: len(parameters)], own[len(parameters) :]
        assert [entry[:2] for entry in shared] == [entry[:2] for entry in parameters], f"{owner}.{name}"
        for ours, theirs in zip(shared, parameters, strict=True):
            assert ours[2] or not theirs[2], f"{owner}.{name}: {ours[0]} can be left out of the vendor's"
        assert all(can_be_left_out for _, _, can_be_left_out in further), f"{owner}.{name}"
