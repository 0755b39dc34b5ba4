"""``pandadoc probe``: send the same requests to an account and to the emulator, and report where the responses differ.

`steps` is the list of requests, as data. `shapes` reduces a response to what may be reported, `comparing` finds the
differences, `pace` spares the server, `side` sends the requests to one of the two and deletes what they create, and
`report` writes down what was found. `command` is the command.
"""
