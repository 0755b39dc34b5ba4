"""The pytest plugin: fixtures `pandadoc_emulator` and `pandadoc_emulator_options`, and options to record and replay.

pytest loads this module in every run of every project that has the package installed, so nothing of the server is
imported before a test asks for the fixture.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .options import EmulatorOptions
    from .server import Emulator

__all__ = ["lend_emulator", "pandadoc_emulator", "pandadoc_emulator_options"]

_MOST_IDLE = 4
_LONGEST_NAME = 120
_OPTIONS = {
    "record": "Keep what the pandadoc_emulator of each test is asked and answers, in a file in this folder.",
    "replay": "Let the pandadoc_emulator of each test answer what --pandadoc-record has kept in this folder.",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--pandadoc-record` and `--pandadoc-replay`."""
    group = parser.getgroup("pandadoc", "the emulator of PandaDoc")
    for name, text in _OPTIONS.items():
        group.addoption(f"--pandadoc-{name}", metavar="PATH", default=None, help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that contradict each other."""
    if all(config.getoption(f"pandadoc_{name}") for name in _OPTIONS):
        raise pytest.UsageError("--pandadoc-record and --pandadoc-replay cannot both be given")


def _with_recording(options: EmulatorOptions, request: pytest.FixtureRequest) -> EmulatorOptions:
    """Return the options of a test with its file in the folder that the command line names, if it names one."""
    record: str | None = request.config.getoption("pandadoc_record")
    replay: str | None = request.config.getoption("pandadoc_replay")
    if not (record or replay) or options.record is not None or options.replay is not None:
        return options
    path = Path(record or replay or "", _file_name(request.node.nodeid))
    if record:
        path.parent.mkdir(parents=True, exist_ok=True)
        return dataclasses.replace(options, record=path)
    if not path.exists():
        pytest.fail(f"there is no recording of this test: {path}; --pandadoc-record makes one", pytrace=False)
    return dataclasses.replace(options, replay=path)


def _file_name(test: str) -> str:
    """Return a name for the recording of a test; a digest makes up for what no name can hold."""
    plain = re.sub(r"[^\w.-]+", "-", test).strip("-")
    if "[" in test or len(plain) > _LONGEST_NAME:
        plain = f"{plain[:_LONGEST_NAME]}-{hashlib.sha256(test.encode()).hexdigest()[:8]}"
    return f"{plain}.jsonl"


@pytest.fixture(scope="session")
def lend_emulator() -> Iterator[Callable[[EmulatorOptions], AbstractContextManager[Emulator]]]:
    """Run emulators that the tests of this process share, one for each set of options in use.

    Returns:
        A function that takes `EmulatorOptions` and returns a context manager: it gives a running emulator without a
        past, which is reset at the end of the block.
    """
    idle: list[Emulator] = []

    def lend(options: EmulatorOptions) -> AbstractContextManager[Emulator]:
        from . import Emulator

        return lent(Emulator, options)

    @contextmanager
    def lent(make: type[Emulator], options: EmulatorOptions) -> Iterator[Emulator]:
        same = [known for known in idle if known.options == options and known.options.clock is options.clock]
        if same:
            idle.remove(same[0])
        emulator = same[0] if same else make(options).start()
        try:
            yield emulator
        except BaseException:
            emulator.stop()
            raise
        # What the test has stopped, or what has a file of its own, is not for another test.
        files = (options.state_file, options.record, options.replay)
        if not emulator.is_running or any(file is not None for file in files):
            emulator.stop()
            return
        emulator.reset()
        idle.append(emulator)
        if len(idle) > _MOST_IDLE:
            idle.pop(0).stop()

    yield lend
    with ExitStack() as stack:
        for emulator in idle:
            stack.callback(emulator.stop)


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    """Settings of `pandadoc_emulator`; override this fixture to change them."""
    from .options import EmulatorOptions

    return EmulatorOptions()


@pytest.fixture
def pandadoc_emulator(pandadoc_emulator_options: EmulatorOptions, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A running `pandadoc_client.emulator.Emulator` for one test, which finds nothing of the tests before it.

    Tests with the same options share one server, which is reset between them; its port stays the same.
    """
    lend: Callable[[EmulatorOptions], AbstractContextManager[Emulator]] = request.getfixturevalue("lend_emulator")
    try:
        lent = lend(_with_recording(pandadoc_emulator_options, request))
    except ModuleNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    with lent as emulator:
        yield emulator
