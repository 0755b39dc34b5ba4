"""The token lifecycle over several processes: races, kills, pauses, broken places.

`scene` is the side of the test. It forks processes that run `worker`, which does what a test says; `fault_points`
kills, stops or holds it at a named step.
"""
