"""Meta's Graph API, for the networks that stand on it (WhatsApp Business, Messenger, Instagram). A library, no network."""
