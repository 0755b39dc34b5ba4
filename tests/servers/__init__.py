"""Real servers for the tests: each is a process of this test session, on a free port, in a folder that is removed."""
