"""The store in a file: modes, damage, what a killed process leaves behind."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client._http import sharing
from pandadoc_client.exceptions import ApiValueError, TokenStoreError
from pandadoc_client.oauth import FileTokenStore, Token

posix = pytest.mark.skipif(os.name != "posix", reason="mode bits say nothing here")
TOKEN = Token("access-marker", "refresh-marker")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "tokens.json"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_file_and_folder_are_the_owners_alone_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        store = FileTokenStore(path)
        store.save("default", TOKEN)
        with store.lock("default", 1):
            pass
    finally:
        os.umask(before)
    assert mode(path.parent) == 0o700
    assert {mode(file) for file in path.parent.iterdir()} == {0o600}


@posix
def test_folders_above_the_files_own_are_the_owners_alone_too(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    before = os.umask(0)
    try:
        FileTokenStore(folder / "tokens.json").save("default", TOKEN)
    finally:
        os.umask(before)
    assert [mode(each) for each in (folder, folder.parent, folder.parent.parent)] == [0o700] * 3


@posix
@pytest.mark.parametrize("open_to", [0o644, 0o640, 0o602, 0o620])
def test_a_file_that_others_can_open_is_refused_with_the_command_that_mends_it(path: Path, open_to: int) -> None:
    store = FileTokenStore(path)
    store.save("default", TOKEN)
    path.chmod(open_to)
    for act in (store.load, lambda: store.save("default", TOKEN), lambda: list(store.keys())):
        with pytest.raises(TokenStoreError, match=f"its mode is {open_to:04o}.*: chmod 600 {path}$"):
            act()
    path.chmod(0o600)
    assert store.load() == TOKEN


@posix
def test_a_folder_in_which_everybody_can_replace_files_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o777)
    with pytest.raises(TokenStoreError, match=f"chmod o-w {path.parent}$"):
        FileTokenStore(path).save("default", TOKEN)
    path.parent.chmod(0o1777)  # as /tmp is: nobody can remove what belongs to others
    FileTokenStore(path).save("default", TOKEN)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"version": 2, "documents": {}}',
        b'{"version": 1}',
        b'{"version": 1, "documents": {"default": {}}}',
        b'{"version": 1, "documents": {"default": {"revision": "x", "document": 1, "expires_at": null}}}',
        b'{"access_token": "access-marker"}',
    ],
)
def test_a_damaged_file_is_an_error_and_kept_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)
    store = FileTokenStore(path)
    for act in (store.load, lambda: store.save("default", TOKEN), lambda: store.delete("default")):
        with pytest.raises(TokenStoreError, match=f"^{path} is damaged, .*a copy is in .*rm {path}$") as caught:
            act()
        assert "marker" not in str(caught.value)
    assert path.read_bytes() == content, "left as it was"
    copies = [file for file in path.parent.iterdir() if ".corrupt-" in file.name]
    assert [copy.read_bytes() for copy in copies] == [content]
    path.unlink()
    store.save("default", TOKEN)
    assert store.load() == TOKEN


def test_a_document_that_is_none_of_ours_is_an_error(path: Path) -> None:
    store = FileTokenStore(path)
    store.write("default", '{"version": 1, "token": "access-marker"}', expires_at=None, expected=None)
    with pytest.raises(TokenStoreError, match="under the key 'default' is none of ours") as caught:
        store.load()
    assert "marker" not in str(caught.value)


def test_what_a_killed_writer_left_is_removed_by_the_next(path: Path) -> None:
    store = FileTokenStore(path)
    store.save("default", TOKEN)
    orphan, other = path.with_name(".tokens.json.0a1b2c3d.tmp"), path.with_name("notes.tmp")
    orphan.write_text("refresh-marker")
    other.write_text("of somebody else")
    store.save("default", TOKEN)
    assert not orphan.exists()
    assert other.exists()


def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    store = FileTokenStore(path)
    store.save("default", TOKEN)
    link.symlink_to(path)
    FileTokenStore(link).save("other", TOKEN)
    assert link.is_symlink()
    assert sorted(store.keys()) == ["default", "other"]


def test_the_home_folder_is_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", os.fspath(path.parent))
    assert FileTokenStore("~/tokens.json").path == path


def test_the_file_is_json_that_says_what_it_is(path: Path) -> None:
    FileTokenStore(path).save("default", TOKEN)
    content = json.loads(path.read_bytes())
    assert content["version"] == 1
    assert set(content["documents"]) == {"default"}


def test_a_path_is_needed() -> None:
    with pytest.raises(ApiValueError, match=r"^path must not be empty"):
        FileTokenStore("")


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TokenStoreError, match=f"^{tmp_path} cannot be read: Is a directory"):
        FileTokenStore(tmp_path).load()


@pytest.mark.parametrize("refused", ["os.replace", "builtins.open"])
def test_on_windows_a_file_that_somebody_has_open_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    """What Windows says of such a file is made up here, as there is no Windows."""
    module, name = refused.split(".")
    real = getattr(sys.modules[module], name)
    store = FileTokenStore(path)
    store.save("default", Token("first"))
    refusals: list[Any] = []

    def busy(*arguments: Any, **options: Any) -> Any:
        if len(refusals) < 3 and str(arguments[0]).startswith(os.fspath(path.parent)):
            refusals.append(arguments)
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return real(*arguments, **options)

    monkeypatch.setattr(sharing, "REFUSES", True)
    monkeypatch.setattr(refused, busy)
    store.save("default", TOKEN)
    assert store.load("default") == TOKEN
    assert len(refusals) == 3


def test_elsewhere_a_refusal_is_final(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def refuse(*arguments: Any) -> None:
        asked.append(arguments)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(sharing, "REFUSES", False)
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(TokenStoreError, match="cannot be written: Permission denied"):
        FileTokenStore(path).save("default", TOKEN)
    assert len(asked) == 1
