"""What the programs share: measuring in turns, and a store full of messages."""
