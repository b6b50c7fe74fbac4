"""How a post ends that brought no answer. No text of these names an address's path, a header or a body."""


class Refused(Exception):
    """The address may not be posted to, so nothing was connected. The text is one sentence without a subject's secrets."""

    @property
    def text(self) -> str:
        """What is wrong and what is allowed."""
        return str(self.args[0])


class Unreachable(Exception):
    """Nothing that can be used came back. Whether the other side has read the request is not known."""

    @property
    def text(self) -> str:
        """What happened."""
        return str(self.args[0])
