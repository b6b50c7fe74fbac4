"""What the side process leaves in a file when this server ends without a word: taken over at the next connect."""

import asyncio
from pathlib import Path

import msgspec

from trunkline.contract.events import PersonInfo
from trunkline.model.times import Clock
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.ledger import Ledger
from trunkline.networks.whatsapp.linked import arriving
from trunkline.networks.whatsapp.linked.lines import Incoming, read_line


class Left:
    """The file of one account. What was said in it is erased once it stands in the ledger."""

    def __init__(self, folder: Path, account: str) -> None:
        self._folder = folder
        self._account = account
        self.path = folder / f"{account}.jsonl"

    async def take_over(self, ledger: Ledger, own: PersonInfo, clock: Clock) -> None:
        """Store what is there. Raises NotReached when the ledger cannot be used; the file stays then."""
        lines = await asyncio.to_thread(self._read)
        if not lines:
            return
        now = clock()

        def work(books: Books) -> None:
            for line in lines:
                arriving.take(books, own, line.name, line.data, now)
                books.flush(now)

        await ledger.run(lambda db: work(Books(db, self._account)))
        await asyncio.to_thread(self.erase)

    def erase(self) -> None:
        """Nothing is left."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> list[Incoming]:
        """Its lines; the last may have been cut short."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.path.exists():
            return []
        found = []
        for line in self.path.read_bytes().splitlines():
            try:
                found.append(read_line(line))
            except (msgspec.DecodeError, msgspec.ValidationError):
                break
        return [each for each in found if each.name not in ("connection.update", "want")]
