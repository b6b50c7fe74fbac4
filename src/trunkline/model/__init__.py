"""The nouns every floor shares: wire objects, ids, times, pages and errors. Standard library and msgspec alone."""
