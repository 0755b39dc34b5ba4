"""The checks and the bytes of a token request, under the name that users import."""

from __future__ import annotations

from pandadoc_client._http.form import check_token_request, encode_form, form_problems, value_problem, warn_about_form

__all__ = ["check_token_request", "encode_form", "form_problems", "value_problem", "warn_about_form"]
