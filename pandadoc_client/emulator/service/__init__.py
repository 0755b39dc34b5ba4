"""The API with a memory: one package for each resource, all of one shape, and what they share.

A resource, such as `contacts`, has up to three modules:

| module | has |
|---|---|
| `handlers` | a function for each operation: `(backend, request) -> Reply`, listed in `HANDLERS` by `operationId` |
| `models` | how its records are made and changed |
| `serializers` | its records as the JSON of the contract |

`templates.importing` makes templates of what the API says of those of an account.

`resources` joins the handlers. `backend` holds the records (`records`, kept in a file by `storage`), the clock, the
identifiers and what is scheduled; `scheduler` does that when it is due. `preconditions` are checked before a handler.
`core` is the front that the HTTP endpoints and the tests use; `dispatcher` delivers webhooks and alone knows sockets.
"""
