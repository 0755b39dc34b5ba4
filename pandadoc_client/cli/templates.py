"""``pandadoc templates``: templates of an account as files, for the emulator."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from pandadoc_client._http.sharing import replace
from pandadoc_client.cli.access import Access, with_access
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.options import Json
from pandadoc_client.cli.refusals import failure
from pandadoc_client.cli.render import mask_json, print_json, print_lines
from pandadoc_client.exceptions import ApiException

__all__ = ["app"]

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def templates(context: typer.Context) -> None:
    """Take templates from an account to the emulator.

    \b
    pandadoc templates export ID --output templates
    pandadoc emulator --import templates
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def export(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of templates.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the files go; made if it is not there.")
    ] = Path("."),
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Write the details of templates as JSON, a file ID.json each, in place of one that is there.

    The files have what the API returns: roles, fields, tokens, prices, images by name, metadata, the author. Signatures
    in the URLs of images are left out. If one fails, the others are exported all the same; the exit status is 1 then.

    \b
    pandadoc templates export ID --output templates
    pandadoc emulator --import templates
    """
    for template_id in ids:
        if not _ID.fullmatch(template_id):
            raise CommandError("ID: letters, digits, dashes and underscores only")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"--output: cannot make the folder {output}: {error.strerror}") from None
    written: list[str] = []
    failures: list[dict[str, Any]] = []
    with access.open() as client:
        for template_id in ids:
            try:
                details = client.templates.details_template(template_id).to_dict()
            except ApiException as error:
                if len(ids) == 1:
                    raise
                failures.append({"id": template_id, **failure(template_id, error)})
                continue
            written.append(_write(output / f"{template_id}.json", details))
            if not as_json:
                print_lines([written[-1]])
    if as_json:
        print_json({"files": written, **({"failures": failures} if failures else {})})
    if failures:
        raise typer.Exit(EXIT_FAILURE)


app.command("export")(with_access(export))


def _write(path: Path, details: dict[str, Any]) -> str:
    text = json.dumps(mask_json(_unsigned(details)), indent=2, ensure_ascii=False)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(f"{text}\n", encoding="utf-8")
        replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CommandError(f"--output: cannot write {path}: {error.strerror}", EXIT_FAILURE) from None
    return str(path)


def _unsigned(details: dict[str, Any]) -> dict[str, Any]:
    """Return details whose URLs of images have no query: it lets whoever has it fetch the image."""
    images: Any = details.get("images")
    if not isinstance(images, list):
        return details
    return {**details, "images": [_unsigned_image(image) for image in images]}


def _unsigned_image(image: Any) -> Any:
    urls: Any = image.get("urls") if isinstance(image, dict) else None
    if not isinstance(urls, list):
        return image
    shown = [urlsplit(str(url))._replace(query="", fragment="").geturl() for url in urls]
    return {**image, "urls": shown}
