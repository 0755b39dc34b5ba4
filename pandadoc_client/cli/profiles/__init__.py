"""``pandadoc profile``, and ``--profile`` of every other command."""
