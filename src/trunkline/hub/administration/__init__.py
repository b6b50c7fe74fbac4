"""What a person runs the hub with: roads and their controls, status, pending sends, backups."""
