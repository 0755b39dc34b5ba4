"""Names that servers choose: whatever they are, what is left is the name of one file in a folder."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client import ApiClient, files
from pandadoc_client._http.filenames import filename_of
from pandadoc_client._http.messages import Headers
from pandadoc_client.api.documents_api import DocumentsApi
from pandadoc_client.files import safe_filename

from .support import Clock, Reply, World, configuration, serving

EVIL = {
    "../../etc/passwd": "passwd",
    "/etc/passwd": "passwd",
    "..\\..\\windows\\system.ini": "system.ini",
    "C:\\a\\b.pdf": "b.pdf",
    "C:b.pdf": "C_b.pdf",
    "..": "download",
    ".": "download",
    "": "download",
    "a/": "download",
    ".bashrc": "bashrc",
    "...": "download",
    "a.pdf\x00.exe": "a.pdf_.exe",
    "a\r\nb.pdf": "a__b.pdf",
    "CON": "_CON",
    "nul.pdf": "_nul.pdf",
    "com1.txt": "_com1.txt",
    "con .pdf": "_con.pdf",
    "a.pdf. . ": "a.pdf",
    "  a.pdf": "a.pdf",
    "a*?<>|b.pdf": "a_____b.pdf",
    "\u202efdp.exe": "fdp.exe",
    "Verträge 2026/é.pdf": "é.pdf",
    "契約書.pdf": "契約書.pdf",
    "e\u0301.pdf": "é.pdf",
    "x" * 300 + ".pdf": "x" * 196 + ".pdf",
    "契" * 100 + ".pdf": "契" * 65 + ".pdf",
    "a." + "b" * 300: "a." + "b" * 198,
    "%2e%2e%2fa": "_2e_2e_2fa",
}


@pytest.mark.parametrize("name", EVIL)
def test_what_is_left_of_a_name(name: str) -> None:
    assert safe_filename(name) == EVIL[name]


def test_no_name_is_the_default() -> None:
    assert safe_filename(None) == "download"
    assert safe_filename("..", default="document.pdf") == "document.pdf"


@given(st.text() | st.lists(st.sampled_from(["..", "/", "\\", ".", "\x00", " ", "con", "é", "\u202e"])).map("".join))
def test_what_is_left_is_always_one_visible_name(name: str) -> None:
    safe = safe_filename(name)
    assert safe
    assert safe == os.path.basename(safe)
    assert not set(safe) & set('/\\:*?"<>|\x00')
    assert safe[0] not in ". "
    assert safe[-1] not in ". "
    assert len(safe.encode()) <= 201
    assert all(unicodedata.category(char)[0] != "C" for char in safe)
    assert safe_filename(safe) == safe


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=a.pdf", "a.pdf"),
        ('inline; FileName = "a;b=\\"c\\".pdf"; size=5', 'a;b="c".pdf'),
        ("attachment; filename=\"x.pdf\"; filename*=UTF-8''%e2%82%ac%20a.pdf", "€ a.pdf"),
        ("attachment; filename*=iso-8859-1'en'%a3.pdf; filename=x", "£.pdf"),
        ("attachment; filename*=nonsense''%a3.pdf; filename=x", "x"),
        ("attachment; filename*=UTF-8''%ff.pdf; filename=x", "x"),
        ('attachment; filename="' + "é.pdf".encode().decode("latin-1") + '"', "é.pdf"),
        ('attachment; filename="\xe9.pdf"', "é.pdf"),
        ("attachment", None),
        ("filename=a.pdf", None),
        ("", None),
    ],
)
def test_the_name_in_a_header(value: str, name: str | None) -> None:
    assert filename_of(Headers([("Content-Disposition", value)])) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_in_the_extended_form_is_read(name: str) -> None:
    value = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    assert filename_of(Headers([("Content-Disposition", value)])) == name


def offered(name: str) -> Reply:
    return Reply(body=b"new", headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"})


@pytest.mark.parametrize("name", ["../outside.pdf", "/tmp/outside.pdf", "..\\outside.pdf", "..", "sub/outside.pdf"])
def test_no_name_leads_out_of_the_folder(world: World, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    with serving(offered(name)) as server:
        result = world.run(
            configuration(server.url),
            lambda client: world.pick(files, "download_document")(client, "doc", into=folder),
        )
    assert result.path.parent == folder
    assert sorted(os.listdir(folder)) == sorted(["sub", result.path.name])
    assert os.listdir(folder / "sub") == []
    assert os.listdir(tmp_path) == ["folder"]


def test_a_name_that_a_server_chose_never_replaces_a_file(world: World, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"mine")
    (tmp_path / "a (2).pdf").symlink_to(tmp_path / "nowhere")
    with serving(offered("a.pdf")) as server:
        result = world.run(
            configuration(server.url),
            lambda client: world.pick(files, "download_document")(client, "doc", into=tmp_path),
        )
    assert result.path == tmp_path / "a (3).pdf"
    assert result.path.read_bytes() == b"new"
    assert (tmp_path / "a.pdf").read_bytes() == b"mine"


def test_the_servers_name_is_told_and_not_used_unless_asked_for(world: World, tmp_path: Path) -> None:
    with serving(offered("../b.pdf")) as server:
        result = world.run(
            configuration(server.url),
            lambda client: world.pick(files, "download_document")(
                client, "doc", tmp_path / "a.pdf", **Clock().times(world)
            ),
        )
    assert result.filename == "b.pdf"
    assert os.listdir(tmp_path) == ["a.pdf"]


# --- The file that a call returns


@pytest.mark.parametrize("sent", ["contract.pdf", "../../etc/passwd", None])
def test_a_download_has_a_name_that_is_a_file(sent: str | None, tmp_path: Path) -> None:
    headers = {"Content-Type": "application/pdf"}
    if sent:
        headers["Content-Disposition"] = f'attachment; filename="{sent}"'
    with serving(Reply(200, b"%PDF-1.7", headers)) as server:
        settings = configuration(server.url)
        settings.temp_folder_path = str(tmp_path)
        with ApiClient(settings) as client:
            download = DocumentsApi(client).download_document("id")
    assert download is not None
    assert download.read() == b"%PDF-1.7"
    assert list(tmp_path.iterdir()) == []  # nobody has asked for a name yet
    path = Path(download.name)
    assert path.read_bytes() == b"%PDF-1.7"
    assert path.name == (safe_filename(sent) if sent else "download")
    assert path.parent.parent == tmp_path
    assert download.name == str(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
