"""The generator: from an OpenAPI document to the machine-written parts of the package, one step a module.

`load` reads and checks the document, `repair` mends what openapi-python-client cannot take, `render` runs it with our
templates; `types` and `methods` say what these render. `report` decides which warnings are errors and compares trees,
`swap` puts the result in place.
"""
