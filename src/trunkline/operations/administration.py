"""What a person runs the server with: keys, connections, roads, audit, backup, status. REST and command line; never a tool.

A caller needs a key that is marked `admin`. Whom a key or connection is for is told by the principal's name.
"""

from typing import Annotated, Any, Literal

from trunkline.model.audit import AuditList
from trunkline.model.connection import Connection, ConnectionChecked, ConnectionList, ConnectionRevoked, Grant, Mode
from trunkline.model.key import Key, KeyCreated, KeyList, KeyRevoked
from trunkline.model.road import ControlAnswered, RoadList
from trunkline.model.status import BackupMade, PendingList, PendingSettled, Status
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect
from trunkline.operations.filters import Cursor, Limit
from trunkline.operations.marks import Items, UpTo, WireTime

Name = UpTo(100)
Effects = Annotated[tuple[Grant, ...] | None, "What it may do: read, send, change, destroy.", Items(4, least=1)]
Pcid = Annotated[str, "The PCID of the connection."]
KeyId = Annotated[str, "The id of the key."]


@at("POST /keys", Effect.ADMIN, status=201, missing="connection", reaches_network=False)
class CreateKey(Operation[KeyCreated]):
    """Make an API key. The answer shows its secret, once."""

    name: Annotated[str, "What the key is called in lists.", Name]
    principal: Annotated[
        str | None, "The agent or person it is for; the caller if left out. A new name makes an agent.", Name
    ] = None
    admin: Annotated[bool, "Whether it may run the server."] = False
    pcid: Annotated[str | None, "The connection it uses when a request names none."] = None
    expires_at: Annotated[str | None, "When it ends; never if left out.", WireTime()] = None


@at("GET /keys", Effect.ADMIN, reaches_network=False)
class ListKeys(Operation[KeyList]):
    """List the API keys, without their secrets."""

    cursor: Cursor = None
    limit: Limit = None


@at("POST /keys/{key_id}/stop", Effect.ADMIN, missing="key", reaches_network=False)
class StopKey(Operation[Key]):
    """Stop a key at once, or let it go on."""

    key_id: KeyId
    stopped: Annotated[bool, "false lets it go on."] = True


@at("DELETE /keys/{key_id}", Effect.ADMIN, missing="key", reaches_network=False, destructive=True)
class RevokeKey(Operation[KeyRevoked]):
    """Revoke a key for good, with the tokens made from it."""

    key_id: KeyId


@at("POST /connections", Effect.ADMIN, status=201, missing="account or chat", reaches_network=False)
class AddConnection(Operation[Connection]):
    """Make a connection. Without more words it may read and nothing else."""

    name: Annotated[str, "What the connection is called in lists.", Name]
    principal: Annotated[
        str | None, "The agent or person it is for; the caller if left out. A new name makes an agent.", Name
    ] = None
    roads: Annotated[tuple[str, ...], "The roads it reaches, by name.", Items(50, least=1)]
    accounts: Annotated[
        tuple[str, ...] | None, "Ids of the accounts it reaches; all of these roads if left out.", Items(1000, 1)
    ] = None
    chats: Annotated[tuple[str, ...] | None, "Ids of the chats it reaches; all if left out.", Items(1000, 1)] = None
    effects: Effects = None
    mode: Annotated[Mode | None, "How its writes are watched; guarded if left out."] = None


@at("POST /connections/unipile", Effect.ADMIN, status=201, missing="account or chat")
class AddUnipileConnection(Operation[Connection]):
    """Make a connection to the accounts of a Unipile subscription. Without more words it may read and nothing else.

    The key is tried at once, kept sealed and never shown again. Taken from the command line alone.
    """

    name: Annotated[str, "What the connection is called in lists.", Name]
    principal: Annotated[
        str | None, "The agent or person it is for; the caller if left out. A new name makes an agent.", Name
    ] = None
    dsn: Annotated[str, "Where the Unipile server is, as its dashboard shows it: host:port, or an https URL.", UpTo(300)]
    api_key: Annotated[str, "The access token of the subscription.", UpTo(1000)]
    accounts: Annotated[tuple[str, ...] | None, "Ids of the accounts it reaches; all if left out.", Items(1000, 1)] = None
    chats: Annotated[tuple[str, ...] | None, "Ids of the chats it reaches; all if left out.", Items(100, 1)] = None
    effects: Effects = None
    mode: Annotated[Mode | None, "How its writes are watched; guarded if left out."] = None

    def __repr__(self) -> str:
        return f"AddUnipileConnection(name={self.name!r}, dsn={self.dsn!r}, ...)"


@at("GET /connections/{pcid}/check", Effect.ADMIN, missing="connection")
class CheckConnection(Operation[ConnectionChecked]):
    """Try the key of a connection to a Unipile server, and tell which accounts it sees."""

    pcid: Pcid


@at("GET /connections/all", Effect.ADMIN, reaches_network=False)
class ListAllConnections(Operation[ConnectionList]):
    """List the connections of every principal."""


@at("PATCH /connections/{pcid}", Effect.ADMIN, missing="connection", reaches_network=False)
class AllowConnection(Operation[Connection]):
    """Change what a connection may do. What is left out stays as it is."""

    pcid: Pcid
    effects: Effects = None
    mode: Annotated[Mode | None, "How its writes are watched. `open` lets them through unwatched."] = None


@at("POST /connections/{pcid}/stop", Effect.ADMIN, missing="connection", reaches_network=False)
class StopConnection(Operation[Connection]):
    """Stop everything a connection writes, at once; or let it go on."""

    pcid: Pcid
    stopped: Annotated[bool, "false lets it go on."] = True


@at("DELETE /connections/{pcid}", Effect.ADMIN, missing="connection", reaches_network=False, destructive=True)
class RevokeConnection(Operation[ConnectionRevoked]):
    """Revoke a connection for good."""

    pcid: Pcid


@at("GET /audit", Effect.ADMIN, reaches_network=False)
class ListAudit(Operation[AuditList]):
    """List what was asked and decided, newest first."""

    principal: Annotated[str | None, "Only what this principal did.", Name] = None
    operation: Annotated[str | None, "Only this operation, such as send_message_in_chat.", Name] = None
    before: Annotated[str | None, "Only what was before this time.", WireTime()] = None
    after: Annotated[str | None, "Only what was after this time.", WireTime()] = None
    limit: Limit = None
    cursor: Cursor = None


@at("GET /networks", Effect.ADMIN, reaches_network=False)
class ListNetworks(Operation[RoadList]):
    """List the roads this server has, with what they need to be available."""


@at("POST /networks/{road}/controls/{name}", Effect.ADMIN, cannot=501, missing="road or control")
class ControlNetwork(Operation[ControlAnswered]):
    """Use a control of a road's own; the sandbox has some."""

    road: Annotated[str, "The road, by name."]
    name: Annotated[str, "The control, by name."]
    values: Annotated[dict[str, Any], "What the control wants to know."] = {}  # noqa: RUF012 (copied for each)


@at("POST /backups", Effect.ADMIN, status=201, reaches_network=False)
class MakeBackup(Operation[BackupMade]):
    """Copy the database into the data folder's `backups`, whole and while everything runs on."""


@at("GET /status", Effect.ADMIN, reaches_network=False)
class GetStatus(Operation[Status]):
    """Tell how the server is doing, and what a person should look at."""


@at("GET /pending", Effect.ADMIN, reaches_network=False)
class ListPending(Operation[PendingList]):
    """List the writes that the networks have not confirmed, oldest first."""

    limit: Limit = None
    cursor: Cursor = None


@at("POST /pending/{pending_id}/settle", Effect.ADMIN, missing="write", reaches_network=False)
class SettlePending(Operation[PendingSettled]):
    """Settle a write without a clear answer by hand, once a person has looked at the network. Nothing is ever sent for it."""

    pending_id: Annotated[str, "The id in the list of pending writes.", UpTo(20)]
    outcome: Annotated[Literal["sent", "gone"], "sent: the network has it. gone: it never went out and never will."]
