"""Logins, stored tokens and the steps of OAuth 2.0: ``pandadoc login``, ``status``, ``tokens``, ``auth`` and others."""
