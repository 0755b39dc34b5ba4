"""What generated code runs on: models, lazy packages, bases of the API classes. It imports no generated code."""
