"""``pandadoc api``: any operation, and any request."""
