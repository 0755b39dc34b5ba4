"""The pytest plugin: fixtures `pandadoc_emulator` and `pandadoc_emulator_options`.

pytest loads this module in every run of every project that has the package installed, so nothing of the server is
imported before a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .options import EmulatorOptions
    from .server import Emulator

__all__ = ["pandadoc_emulator", "pandadoc_emulator_options"]


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    """Settings of `pandadoc_emulator`; override this fixture to change them."""
    from .options import EmulatorOptions

    return EmulatorOptions()


@pytest.fixture
def pandadoc_emulator(pandadoc_emulator_options: EmulatorOptions) -> Iterator[Emulator]:
    """A fresh, running `pandadoc_client.emulator.Emulator` for one test."""
    try:
        from . import Emulator
    except ModuleNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    with Emulator(pandadoc_emulator_options) as emulator:
        yield emulator
