"""The road `whatsapp-business`: a business number by WhatsApp's official Cloud API."""
