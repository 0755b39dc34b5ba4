"""``pandadoc webhooks``."""
