"""Webhook subscriptions and events."""
