"""``pandadoc documents`` and ``pandadoc open``."""
