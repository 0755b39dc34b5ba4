"""The pytest plugin: fixtures `pandadoc_emulator` and `pandadoc_emulator_options`.

pytest loads this module in every run of every project that has the package installed, so nothing of the server is
imported before a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .options import EmulatorOptions
    from .server import Emulator

__all__ = ["lend_emulator", "pandadoc_emulator", "pandadoc_emulator_options"]

_MOST_IDLE = 4


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
        # What the test has stopped, or what remembers in a file, is not for another test.
        if not emulator.is_running or options.state_file is not None:
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
        lent = lend(pandadoc_emulator_options)
    except ModuleNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    with lent as emulator:
        yield emulator
