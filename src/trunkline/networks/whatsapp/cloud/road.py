"""What all numbers of the road share: connections, the ledger, what is posted, and who waits for Meta's challenge."""

import asyncio
from pathlib import Path

import apsw

from trunkline.contract.connector import OpenAccount
from trunkline.model.ids import Entropy
from trunkline.model.times import Clock
from trunkline.networks._graph.client import Lines, OpenHttp, open_http
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.cloud.number import NUMBER_FACT, Number
from trunkline.networks.whatsapp.cloud.posts import Posts
from trunkline.networks.whatsapp.ledger import Ledger
from trunkline.networks.whatsapp.options import Options
from trunkline.networks.whatsapp.passing import Passing


class Road:
    """The road of one server. Its files are `business.db` and a folder for sounds on their way to ffmpeg."""

    def __init__(self, setup: Setup, options: Options, opens: OpenHttp = open_http) -> None:
        folder: Path = setup.data / "whatsapp"
        self.options = options
        self.clock: Clock = setup.clock
        self.entropy: Entropy = setup.entropy
        self.lines = Lines(opens)
        self.passing = Passing(folder / "business", setup.entropy)
        self.posts = Posts(setup.clock, self._was_connected)
        self.waiting: dict[str, asyncio.Event] = {}
        """Logins that wait for Meta's challenge, by the verify token they gave out."""
        self._ledger = Ledger(folder / "business.db")
        self._numbers: dict[str, Number] = {}

    def number(self, account: OpenAccount) -> Number:
        """The number of an account. No I/O."""
        known = self._numbers.get(account.account_id)
        if known is None or known.account.identity != account.identity:
            known = Number(account, self._ledger, self.options, self.clock, self.lines)
            self._numbers[account.account_id] = known
        return known

    async def forget(self, account: OpenAccount) -> None:
        """Erase what is kept of a number. Raises NotReached when the file cannot be used."""
        self._numbers.pop(account.account_id, None)
        await self._ledger.erase(account.account_id)

    def verify_tokens(self) -> set[str]:
        """The tokens that a challenge may be made with: of the numbers that are connected, and of logins under way."""
        kept = {each.credentials.verify_token for each in self.posts.numbers if each.credentials is not None}
        return kept | set(self.waiting)

    async def close(self) -> None:
        """Let go of everything."""
        self.posts.close()
        await self.lines.close()
        await self._ledger.close()

    async def _was_connected(self, phone_number_id: str) -> bool:
        def look(db: apsw.Connection) -> bool:
            rows = db.execute("SELECT 1 FROM fact WHERE name = ? AND value = ? LIMIT 1", (NUMBER_FACT, phone_number_id))
            return rows.fetchone() is not None

        return await self._ledger.run(look)
