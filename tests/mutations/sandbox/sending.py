"""Ways to break how the sandbox takes messages."""

from itertools import count
from typing import Any

import msgspec

from trunkline.contract.commands import Done
from trunkline.contract.events import PersonInfo
from trunkline.networks.sandbox import client
from trunkline.networks.sandbox.abilities import Sends
from trunkline.networks.sandbox.accept import arrival, rules, starts
from trunkline.networks.sandbox.accept.commands import TAKEN_BY
from trunkline.networks.sandbox.client import Client
from trunkline.networks.sandbox.world import chats, events, messages
from trunkline.networks.sandbox.world.messages import Draft
from trunkline.networks.sandbox.world.people import Person

from .mutation import Break, Mutation, all_of, nothing, replaced, wrapped

_numbers = count()


def taken(kind: str, work: Any) -> Break:
    """A command is taken by another function."""
    return lambda patch: patch.setitem(TAKEN_BY, kind, work)


def trimmed(original: Any, arrival: Any, text: str | None, files: Any) -> Any:
    content = original(arrival, text, files)
    return None if content is None else " ".join(content.split())


def anything_goes(arrival: Any, text: str | None, files: Any) -> Any:
    return text


def no_echo(original: Any, *arguments: Any, is_echo: bool = False) -> None:
    if not is_echo:
        original(*arguments)


async def one_token(original: Any, self: Any, kind: str, command: Any, token: Any = None, *outgoing: Any) -> Any:
    return await original(self, kind, command, token and "token", *outgoing)


async def lost_while_typing(original: Any, self: Any, command: Any, token: str) -> Any:
    return Done() if command.typing_ms else await original(self, command, token)


def unmarked(original: Any, change: Any, account: Any, draft: Draft) -> Any:
    return original(change, account, Draft(draft.chat, draft.sender, draft.text, draft.files, token=draft.token))


def somebody(arrival: Any, name: str) -> Person:
    return Person(PersonInfo(provider_id=name))


def without_the_last(original: Any, change: Any, account: Any, info: Any, members: Any, **named: Any) -> Any:
    return original(change, account, info, members[:-1], **named)


def another_text(original: Any, arrival: Any, chat: str, text: Any, files: Any, **named: Any) -> Any:
    return original(arrival, chat, "Hello", files, **named)


def never_the_same(*_: Any) -> str:
    return f"chat-{next(_numbers)}"


SENDING = {
    "test_sent_text_reaches_the_network_unchanged": Mutation(wrapped(rules, "content", trimmed)),
    "test_a_send_comes_back_as_one_event_of_our_own": Mutation(wrapped(events, "append", no_echo)),
    "test_the_facts_in_an_answer_are_those_of_the_echo": Mutation(
        replaced(client, "shown", lambda account_type, event: msgspec.structs.replace(event, order=0))
    ),
    "test_an_empty_message_is_refused_and_nothing_arrives": Mutation(replaced(rules, "content", anything_goes)),
    "test_text_at_the_limit_is_taken_and_text_over_it_never_whole": Mutation(
        replaced(rules, "content", anything_goes), "TELEGRAM"
    ),
    "test_an_unknown_chat_is_refused_and_nothing_arrives": Mutation(taken("send", lambda arrival: Done())),
    "test_a_read_only_chat_takes_nothing": Mutation(replaced(rules, "can_write", nothing)),
    "test_a_quote_arrives_with_what_it_quotes": Mutation(replaced(messages, "_quote", nothing)),
    "test_quoting_what_is_not_there_is_refused": Mutation(replaced(rules, "known_message", nothing)),
    "test_an_answer_in_a_thread_names_its_first_message_and_is_counted_there": Mutation(
        replaced(messages, "_count_reply", nothing), "SLACK"
    ),
    "test_typing_is_shown_before_the_message_and_does_not_lose_it": Mutation(wrapped(Sends, "send", lost_while_typing)),
    "test_the_same_token_twice_is_one_message": Mutation(replaced(arrival, "_remembered", nothing)),
    "test_two_tokens_with_one_text_are_two_messages": Mutation(wrapped(Client, "command", one_token)),
    "test_starting_a_chat_makes_it_and_says_the_first_message": Mutation(wrapped(starts, "say", another_text)),
    "test_starting_a_chat_that_exists_finds_it": Mutation(
        all_of(replaced(chats, "with_peer", nothing), replaced(starts, "direct_chat_id", never_the_same))
    ),
    "test_starting_a_chat_with_somebody_unknown_is_refused": Mutation(replaced(rules, "known_person", somebody)),
    "test_a_group_is_made_with_all_its_people_and_its_title": Mutation(wrapped(chats, "add", without_the_last)),
    "test_a_forwarded_message_is_marked_and_equal": Mutation(wrapped(messages, "post", unmarked)),
}
