"""Import what takes long, for the process that those of the tests are forked from: commands, stores, the generator."""

import contextlib
import gc
import importlib
import inspect
import pkgutil

import pandadoc_client.cli
import pandadoc_client.oauth.stores

_LIBRARIES = ("aiosqlite", "asyncmy", "asyncpg", "psycopg", "pymysql", "redis.asyncio", "sqlalchemy.ext.asyncio")
_GENERATING = ("openapi_python_client", "openapi_spec_validator.settings")
_DIALECTS = ("mysql", "postgresql", "sqlite")

for package in (pandadoc_client.cli, pandadoc_client.oauth.stores):
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
for name in (*_LIBRARIES, *_GENERATING, *(f"sqlalchemy.dialects.{dialect}" for dialect in _DIALECTS)):
    with contextlib.suppress(ImportError):  # the tests that need it say that it is missing
        importlib.import_module(name)
importlib.import_module(f"{__package__}.lifecycle.processes.worker")
inspect.stack()  # coverage asks each process for it, and it learns where all these modules are: 0.1 s
gc.freeze()
