"""Letters, readers and what came back, each in the file its models have."""

from newsletter.admin import bounces, deliveries, issues, settings, subscribers

__all__ = ["bounces", "deliveries", "issues", "settings", "subscribers"]
