"""Import all of the command line, for the process that those of the tests are forked from."""

import importlib
import pkgutil

import pandadoc_client.cli

for module in pkgutil.iter_modules(pandadoc_client.cli.__path__, "pandadoc_client.cli."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
