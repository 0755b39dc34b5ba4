"""``pandadoc demo``."""
