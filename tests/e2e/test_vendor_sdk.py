"""The vendor's own SDK against the emulator: a program that nobody here shaped to fit."""

from __future__ import annotations

import os
import subprocess

from pandadoc_client.emulator import Emulator

from ..wire.harness import vendor_python

PROGRAM = """
import os
import pandadoc_client
from pandadoc_client.api import members_api, o_auth_2_0_authentication_api

assert pandadoc_client.__version__ == "6.2.0"
configuration = pandadoc_client.Configuration(host=os.environ["HOST"])
client = {"client_id": os.environ["CLIENT_ID"], "client_secret": os.environ["CLIENT_SECRET"]}
with pandadoc_client.ApiClient(configuration) as api_client:
    oauth = o_auth_2_0_authentication_api.OAuth20AuthenticationApi(api_client)
    members = members_api.MembersApi(api_client)
    first = oauth.access_token(
        grant_type="authorization_code", code=os.environ["CODE"], scope="read+write", **client
    )
    configuration.access_token = first.access_token
    print("first", members.details_current_member().email)
    second = oauth.access_token(
        grant_type="refresh_token", refresh_token=first.refresh_token, scope="read+write", **client
    )
    for name, call in {
        "old token": members.details_current_member,
        "old refresh token": lambda: oauth.access_token(
            grant_type="refresh_token", refresh_token=first.refresh_token, scope="read+write", **client
        ),
    }.items():
        try:
            call()
        except pandadoc_client.ApiException as error:
            print(name, error.status)
    configuration.access_token = second.access_token
    print("second", members.details_current_member().email)
    configuration.access_token = None
    configuration.api_key["apiKey"] = os.environ["API_KEY"]
    configuration.api_key_prefix["apiKey"] = "API-Key"
    print("key", members.details_current_member().email)
"""


def test_the_vendors_sdk_gets_a_token_uses_it_and_refreshes_it(pandadoc_emulator: Emulator) -> None:
    emulator = pandadoc_emulator
    result = subprocess.run(
        [vendor_python(), "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
        env={
            "PATH": os.environ["PATH"],
            "HOST": emulator.url,
            "CLIENT_ID": emulator.client_id,
            "CLIENT_SECRET": emulator.client_secret,
            "API_KEY": emulator.api_key,
            "CODE": emulator.issue_code(),
        },
    )
    assert (result.returncode, result.stderr) == (0, "")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[:-1] for line in lines] == [
        ["first"],
        ["old", "token"],
        ["old", "refresh", "token"],
        ["second"],
        ["key"],
    ]
    assert [line[-1] for line in lines[1:3]] == ["401", "400"]
