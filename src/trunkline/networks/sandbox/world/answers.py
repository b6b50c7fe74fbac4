"""People who answer: who, when and what. Chosen by the world's seed and the message alone, so that a world repeats itself.

A person answers one message once (the plan bears the message's name), people never answer each other, and nobody answers in a
channel unless named: no storm can arise.
"""

import hashlib

import msgspec

from trunkline.contract.events import MessageArrived
from trunkline.model.chat import CHANNEL, SINGLE
from trunkline.networks.sandbox.world import chats, due, people
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.people import Person

_TO_QUESTIONS = (
    "Good question, let me check and come back to you.",
    "Yes, that works for me 👍",
    "I think so, yes. Give me until this evening to be sure.",
    "Not today, sorry. Tomorrow?",
    "Hm, I'd say no. But ask the others too.",
)
_TO_FILES = ("Got it, thanks! 📎", "Nice one 😍", "Thanks, I'll have a look at it tonight.", "Opened fine here, thank you.")
_TO_THANKS = ("You're welcome 😊", "Any time!", "No worries 🙌")
_TO_GREETINGS = ("Hey! How are you?", "Hi there 👋", "Good to hear from you!")
_TO_REST = (
    "Sounds good 👍",
    "Okay, noted.",
    "Ha, I was just about to write you the same 😄",
    "Perfect, thanks for telling me.",
    "All right. Talk soon!",
    "Got it ✅",
    "Makes sense to me.",
    "Great, see you then!",
)
_EMOJI = ("👍", "❤", "😁", "🎉", "🙏")


class Answer(msgspec.Struct, frozen=True):
    """A planned answer: `person` answers the message."""

    chat: str
    message: str
    person: str
    text: str
    quotes: bool
    emoji: str | None


def plan(change: Change, account: Account, message: MessageArrived) -> None:
    """Let somebody answer our message after thinking, if anybody does."""
    if not change.options.answers or not message.is_own or message.event_type is not None:
        return
    person = _answerer(change, account, message)
    if person is None:
        return
    chance = _chance(change, message)
    think_ms = change.options.answer_ms + change.options.answer_ms * (chance % 100) // 200
    answer = Answer(
        message.chat,
        message.provider_id,
        person.id,
        _text(message, chance),
        chance % 5 == 0,
        _EMOJI[chance % 5] if chance % 4 == 1 else None,
    )
    due.plan(change, account.key, think_ms, "answer", answer, name=f"answer {account.key} {message.chat} {message.provider_id}")


def _answerer(change: Change, account: Account, message: MessageArrived) -> Person | None:
    chat = chats.find(change.fetch, account.key, message.chat)
    assert chat is not None
    others = [
        person
        for name in chats.member_ids(change.fetch, account.key, chat.id)
        if name != account.identity and (person := people.find(change.fetch, account.key, name)) is not None and person.answers
    ]
    said = (message.text or "").casefold()
    named = [person for person in others if person.name.split()[0].casefold() in said]
    if chat.info.type == SINGLE:
        return others[0] if others else None
    if chat.info.type == CHANNEL or not others:
        return named[0] if named else None
    return named[0] if named else others[_chance(change, message) % len(others)]


def _text(message: MessageArrived, chance: int) -> str:
    said = (message.text or "").casefold()
    choices: tuple[str, ...] = _TO_REST
    if message.files:
        choices = _TO_FILES
    elif "?" in said or "؟" in said or "？" in said:
        choices = _TO_QUESTIONS
    elif "thank" in said or "merci" in said:
        choices = _TO_THANKS
    elif said.startswith(("hi", "hello", "hey", "good morning", "bonjour")):
        choices = _TO_GREETINGS
    return choices[chance % len(choices)]


def _chance(change: Change, message: MessageArrived) -> int:
    row = change.one("SELECT value FROM meta WHERE name = 'seed'")
    seed = row[0] if row else ""
    return int.from_bytes(hashlib.sha256(f"{seed} {message.chat} {message.text}".encode()).digest()[:4], "big")
