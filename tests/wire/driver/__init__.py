"""A program written for the vendor's SDK, run unchanged under it and under ours.

``python -P -m driver`` reads cases as JSON from standard input (``[{"action": …, "arguments": {…}}, …]``), makes the
calls one after the other, and prints one outcome a case. It imports nothing but the standard library and
``pandadoc_client``: whichever of the two the interpreter has.
"""
