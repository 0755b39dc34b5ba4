"""The generator: from an OpenAPI document to the machine-written parts of the package, one step a module.

`load` reads and checks the document, `repair` mends what openapi-python-client cannot take, `render` runs it with our
templates, `surface` writes the modules that programs for the vendor's SDK import, `report` decides which warnings
are errors and compares trees, `swap` puts the result in place.
"""
