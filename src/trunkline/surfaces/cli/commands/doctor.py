"""`trunkline doctor`: is it well, and what should a person look at? Works also where no server can start."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import typer
from msgspec import UNSET, json, structs

from trunkline import __version__
from trunkline.model.status import Finding, SendCounts, Status
from trunkline.operations.administration import CheckConnection, GetStatus, ListAllConnections
from trunkline.operations.wire import read_result
from trunkline.surfaces.cli import sizes
from trunkline.surfaces.cli.commands.accounts import NO_ACCOUNTS, STATES
from trunkline.surfaces.cli.exits import FAILED, Failed, NoServer
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.plain import line
from trunkline.surfaces.cli.terminal import Terminal, terminal_of


def doctor(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """Tell how the server is doing and what to look at. Ends with 1 when there is a problem."""
    terminal = terminal_of(ctx)
    try:
        body = terminal.client.ask(GetStatus())
    except NoServer:
        _tell(terminal.output.note, _folder_findings(terminal.server.folder))
        raise
    status = read_result(GetStatus, body)
    remote = list(_remote_findings(terminal))
    findings = [*_findings_here(terminal, status), *status.findings, *remote]
    if as_json:
        with_remote = structs.replace(status, findings=(*status.findings, *remote))
        terminal.output.json(json.encode(with_remote) if remote else body)
    else:
        _show(terminal, status)
        _tell(terminal.output.line, findings)
        if all(finding.level == "note" for finding in findings):
            terminal.output.line("All is well." if status.accounts or remote else NO_ACCOUNTS)
    if any(finding.level == "problem" for finding in findings):
        raise typer.Exit(FAILED)


def _show(terminal: Terminal, status: Status) -> None:
    output = terminal.output
    room = f"database {sizes.shown(status.database_bytes)}, files {sizes.shown(status.media_bytes)}"
    output.line(f"Trunkline {line(status.version)} at {line(status.url)}, up since {terminal.when(status.started_at)}")
    output.line(f"Data folder {line(status.data_folder)} ({room}, {sizes.shown(status.disk_free_bytes)} free)")
    output.line(
        f"{sizes.count(status.connections, 'connection')}, {sizes.count(status.keys, 'key')}; {_waiting(status.pending)}"
    )
    rows = [
        (network(each.account_type), each.name, STATES.get(each.status, each.status), f"{each.chats:,}", f"{each.messages:,}")
        for each in status.accounts
    ]
    if rows:
        output.line("")
        output.table("network", "account", "state", "chats", "messages", rows=rows, whole=("network",))
        output.line("")


def _waiting(pending: SendCounts) -> str:
    counted = {"waiting": pending.queued, "being sent": pending.sending, "unclear": pending.unknown, "held": pending.held}
    words = [f"{number} {word}" for word, number in counted.items() if number]
    return f"pending: {', '.join(words)} (trunkline pending)" if words else "nothing is pending"


def _tell(say: Callable[[str], None], findings: Iterable[Finding]) -> None:
    for finding in findings:
        step = "" if finding.next_step is UNSET else f" {line(finding.next_step)}"
        say(f"{finding.level}: {line(finding.text)}{step}")


def _remote_findings(terminal: Terminal) -> Iterator[Finding]:
    """Whether the keys of one's connections to Unipile subscriptions work, and which accounts there need attention."""
    for connection in terminal.client.result(ListAllConnections()).items:
        if connection.backend != "unipile":
            continue
        try:
            checked = terminal.client.result(CheckConnection(pcid=connection.pcid))
        except Failed as error:
            yield Finding(level="note", text=f"{connection.name}: {error.text}")
            continue
        yield Finding(
            level="note" if checked.works else "problem", text=f"{connection.name} ({checked.server}): {checked.detail}"
        )
        for account in checked.accounts:
            if account.status not in ("OK", "CONNECTING"):
                words = f"{network(account.account_type)} ({account.name}) is {STATES.get(account.status, account.status)}"
                yield Finding(
                    level="problem",
                    text=f"{connection.name}: {words}.",
                    next_step="Log in again where the subscription is managed.",
                )


def _findings_here(terminal: Terminal, status: Status) -> Iterator[Finding]:
    """What the server cannot know of itself."""
    if terminal.server.is_ours:
        yield Finding(
            level="note",
            text="No server runs for this data folder; one was started for this look and ends with it.",
            next_step="`trunkline serve` starts one that stays.",
        )
    elif status.version != __version__:
        yield Finding(
            level="warning",
            text=f"The server is version {status.version}, this command {__version__}.",
            next_step="End the server and start it again.",
        )
    yield from _folder_findings(terminal.server.folder)


def _folder_findings(folder: Path) -> Iterator[Finding]:
    if sys.platform == "win32":
        return
    for path in (folder, folder / "secret.key"):
        if path.exists() and path.stat().st_mode & 0o077:
            yield Finding(
                level="warning",
                text=f"Other users of this machine can open {path}.",
                next_step=f"chmod go-rwx '{path}'",
            )
