"""The API with a memory: documents, templates, contacts and all else that one call makes and another one finds.

`records` holds the data and `storage` keeps it in a file; `world` joins them with a clock; `documents`, `recipients`,
`webhooks` and their like change it; `handlers` turn requests into changes and records into answers; `courier` delivers
webhooks. Only the last knows sockets.
"""
