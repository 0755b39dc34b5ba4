"""Our package against the vendor's SDK, 6.2.0: the same program gives the same requests and the same outcomes."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from .cases import CASES
from .differences import DIFFERENCES, Row
from .harness import ROOT, Pair, diff

GROUPS = sorted({case.group for case in CASES})
MIGRATION = ROOT / "docs" / "migration.md"
# Entries of the guide that no single case shows: the test that does.
TESTED_APART = {
    "Accept-Encoding": "test_only_our_requests_ask_for_compressed_answers",
    "Certificates": "test_network_settings.py",
    "Files": "tests/files",
    "Media type without a body": "test_operation_parity.py",
    "Names that are not there": "tests/surface",
    "Size of responses": "test_response_limits.py",
}


def rows() -> list[Row]:
    return [row for entry in DIFFERENCES.values() for row in entry]


@pytest.mark.parametrize("group", GROUPS)
def test_requests_and_outcomes_are_the_same_but_for_what_is_listed(outcomes: Mapping[str, Pair], group: str) -> None:
    unlisted = [
        f"{case.name}, {at}:\n  ours:     {ours!r}\n  vendor's: {vendor!r}"
        for case in CASES
        if case.group == group
        for at, (ours, vendor) in outcomes[case.name].differences().items()
        if not any(row.allows(case.name, at, ours, vendor) for row in rows())
    ]
    assert not unlisted, f"{len(unlisted)} differences that are not listed, such as\n" + "\n".join(unlisted[:8])


def test_every_listed_difference_is_still_there(outcomes: Mapping[str, Pair]) -> None:
    found = [(case.name, at, *pair) for case in CASES for at, pair in outcomes[case.name].differences().items()]
    stale = [
        f"{entry}: {row}"
        for entry, listed in DIFFERENCES.items()
        for row in listed
        if not any(row.allows(*f) for f in found)
    ]
    assert not stale, "\n".join(stale)


def test_the_migration_guide_has_an_entry_for_each_difference_and_no_other() -> None:
    guide = MIGRATION.read_text(encoding="utf-8")
    table = guide.partition("## Differences on purpose")[2].partition("\n## ")[0]
    entries = [match.strip() for match in re.findall(r"^\| (.+?) \|", table, re.MULTILINE)]
    listed = [entry for entry in entries if entry not in ("what", "---") and not set(entry) <= set("-")]
    assert sorted(listed) == sorted({*DIFFERENCES, *TESTED_APART})


def test_only_our_requests_ask_for_compressed_answers(outcomes: Mapping[str, Pair]) -> None:
    pair = outcomes["token/subset/none"]
    assert dict(pair.ours.recorded[0].headers)["accept-encoding"] == "gzip, deflate"
    assert dict(pair.vendor.recorded[0].headers)["accept-encoding"] == "identity"


def test_fields_in_another_order_are_the_same_fields_and_go_out_in_the_order_of_the_contract(
    outcomes: Mapping[str, Pair],
) -> None:
    bodies = [pair for name, pair in outcomes.items() if name.startswith("token/order/")]
    ours = [pair.ours.recorded[0].body.split(b"&") for pair in bodies]
    assert [sorted(body) for body in ours] == [sorted(pair.vendor.recorded[0].body.split(b"&")) for pair in bodies]
    assert all(body == ours[0] for body in ours)


def test_each_sdk_names_itself(outcomes: Mapping[str, Pair]) -> None:
    pair = outcomes["token/subset/none"]
    assert dict(pair.ours.recorded[0].headers)["user-agent"].startswith("pandadoc-client/")
    assert dict(pair.vendor.recorded[0].headers)["user-agent"] == "pandadoc_python_client/6.2.0"


def test_the_vendors_program_reached_the_server_and_read_its_answer(outcomes: Mapping[str, Pair]) -> None:
    """Guards the comparison itself: two programs that both fail would be equal, too."""
    pair = outcomes["token/subset/grant_type+client_id+client_secret+code+scope+refresh_token"]
    for outcome in (pair.ours, pair.vendor):
        assert outcome.result["$model"] == "OAuth2AccessTokenResponse"
        assert outcome.result["fields"]["access_token"] == "a"
        (request,) = outcome.recorded
        assert (request.method, request.target) == ("POST", "/oauth2/access_token")
        assert request.body == (
            b"grant_type=authorization_code&client_id=0123456789abcdef&client_secret=s3cr%2Fet%2Bwith%3Dsigns%26more%2520"
            b"&code=c0de~%2A&scope=read%2Bwrite&refresh_token=rt+1"
        )


def test_most_cases_send_a_request(outcomes: Mapping[str, Pair]) -> None:
    counts = [len(pair.vendor.recorded) for pair in outcomes.values()]
    assert sum(counts) > 1000


def test_a_changed_byte_would_be_seen() -> None:
    same = {"requests": [{"body": "a=1", "headers": {"accept": "x"}}], "result": {"$raised": "ApiException"}}
    assert diff(same, same) == {}
    changed = {"requests": [{"body": "a=2", "headers": {}}], "result": {"$raised": "ApiValueError"}}
    assert set(diff(same, changed)) == {"requests[0].body", "requests[0].headers.accept", "result"}
