"""WhatsApp's own tests."""
