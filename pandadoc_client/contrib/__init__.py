"""Adapters for other libraries; each module needs the one that it is named after, and nothing imports them but you.

* `pandadoc_client.contrib.requests`: an ``auth=`` for requests.
* `pandadoc_client.contrib.fastapi`, ``flask``, ``django``: the consent of your users, and a receiver of webhooks.

They hold the shape of the framework alone. What they do is done by `pandadoc_client.oauth` and
`pandadoc_client.webhooks`, and can be done by hand (docs/oauth.md, docs/receivers.md).
"""
