"""Ways to break the sandbox's chats, changes and files."""

from itertools import count
from typing import Any

import msgspec

from trunkline.contract.commands import Done, LabelChat
from trunkline.contract.events import ChatInfo, HistoryPage, ReactionInfo, UnknownHappened
from trunkline.networks.sandbox import session
from trunkline.networks.sandbox.abilities import ReadsHistory
from trunkline.networks.sandbox.accept import changes, groups, rules, sends
from trunkline.networks.sandbox.client import Client
from trunkline.networks.sandbox.controls import attached
from trunkline.networks.sandbox.session import SandboxSession
from trunkline.networks.sandbox.world import chats, files, messages, people

from .mutation import Mutation, all_of, no, nothing, reads_everything, replaced, wrapped, yes
from .sending import taken

_numbers = count()


def from_the_start(original: Any, fetch: Any, account: int, cursor: str | None, how_many: int) -> Any:
    page = original(fetch, account, None, how_many)
    return page if cursor is None else msgspec.structs.replace(page, cursor=None)


def one_too_few(original: Any, *arguments: Any, **named: Any) -> Any:
    page = original(*arguments, **named)
    return msgspec.structs.replace(page, messages=page.messages[1:]) if page.cursor else page


def upside_down(original: Any, *arguments: Any, **named: Any) -> Any:
    page = original(*arguments, **named)
    return msgspec.structs.replace(page, messages=page.messages[::-1])


async def lists_and_reads(original: Any, self: Any, cursor: str | None) -> Any:
    await reads_everything(self._client.world)
    return await original(self, cursor)


async def history_and_reads(original: Any, self: Any, *arguments: Any) -> Any:
    await reads_everything(self._client.world)
    return await original(self, *arguments)


async def empty_history(self: Any, chat: str, cursor: str | None, how_many: int) -> HistoryPage:
    return HistoryPage(messages=())


def one_more_label(arrival: Any) -> Done:
    command = arrival.command
    assert isinstance(command, LabelChat)
    labels = chats.find(arrival.change.fetch, arrival.account.key, command.chat).info.labels or ()  # type: ignore[union-attr]
    info = ChatInfo(provider_id=command.chat, labels=(*labels, command.label))
    chats.update(arrival.change, arrival.account.key, info)
    return Done()


def another_link(*_: Any) -> str:
    return f"https://localhost/{next(_numbers)}"


def always_added(before: Any, value: str, own: str, *, several: bool) -> Any:
    return [*before, ReactionInfo(value=value, sender=own)]


def talkative(arrival: Any) -> Done:
    return Done(events=(UnknownHappened(kind="again", raw="{}"),))


def any_emoji(original: Any, value: str, allowed: Any) -> bool:
    return bool(original(value, None))


def cut(original: Any, *arguments: Any) -> Any:
    kept = original(*arguments)
    return kept and files.Kept(kept.ref, kept.media_type, kept.file_name, kept.data and kept.data[1:])


async def nothing_there(self: Any, ref: str) -> Any:
    yield b""


CHATS = {
    "test_pages_of_chats_join_without_gap_or_double": Mutation(
        all_of(replaced(session, "_CHATS_AT_ONCE", 2), wrapped(chats, "page", from_the_start))
    ),
    "test_every_chat_says_who_is_in_it_our_own_user_among_them": Mutation(
        wrapped(people, "members", lambda original, *arguments: {chat: [] for chat in original(*arguments)})
    ),
    "test_listing_chats_marks_nothing_read": Mutation(wrapped(SandboxSession, "chats", lists_and_reads)),
    "test_pages_of_history_join_without_gap_or_double": Mutation(wrapped(messages, "page", one_too_few)),
    "test_history_is_newest_first_and_not_live": Mutation(wrapped(messages, "page", upside_down)),
    "test_reading_history_marks_nothing_read": Mutation(wrapped(ReadsHistory, "history", history_and_reads)),
    "test_the_history_of_an_unknown_chat_is_refused": Mutation(replaced(ReadsHistory, "history", empty_history)),
    "test_marking_read_and_unread_changes_the_networks_count": Mutation(replaced(chats, "set_unread", nothing)),
    "test_muting_lasts_until_it_is_taken_back": Mutation(replaced(chats, "update", nothing)),
    "test_archiving_lasts_until_it_is_taken_back": Mutation(replaced(chats, "update", nothing)),
    "test_pinning_lasts_until_it_is_taken_back": Mutation(replaced(chats, "update", nothing)),
    "test_a_label_is_made_and_put_once": Mutation(taken("label_chat", one_more_label)),
    "test_somebody_added_is_in_the_group_and_the_group_hears_of_it": Mutation(replaced(chats, "add_member", yes)),
    "test_somebody_removed_is_gone_from_the_group": Mutation(replaced(chats, "remove_member", yes)),
    "test_a_1_1_chat_has_no_members_to_change": Mutation(replaced(groups, "_group", rules.known_chat)),
    "test_a_groups_invite_link_is_a_link_and_stays": Mutation(
        all_of(replaced(groups, "make_link", another_link), replaced(chats, "set_invite", nothing))
    ),
    "test_a_deleted_chat_is_gone_from_the_list_and_everybody_hears_of_it": Mutation(replaced(chats, "remove", nothing)),
}

CHANGES = {
    "test_an_edit_changes_the_text_and_says_so": Mutation(replaced(messages, "replace", nothing)),
    "test_a_late_edit_changes_nothing_whatever_the_network_answers": Mutation(replaced(rules, "is_too_old", no)),
    "test_somebody_elses_message_cannot_be_edited": Mutation(replaced(rules, "own_message", rules.known_message)),
    "test_a_deleted_message_is_gone_or_a_row_without_its_content": Mutation(replaced(messages, "replace", nothing)),
    "test_a_deleted_reply_is_counted_no_more": Mutation(replaced(messages, "_count_again", nothing), "SLACK"),
    "test_a_late_deletion_deletes_nothing_whatever_the_network_answers": Mutation(
        replaced(rules, "is_too_old", no), "LINKEDIN"
    ),
    "test_somebody_elses_message_cannot_be_deleted": Mutation(replaced(rules, "own_message", rules.known_message)),
    "test_an_emoji_is_put_replaced_or_added_and_taken_off": Mutation(replaced(changes, "_after", always_added)),
    "test_a_repeated_emoji_is_no_error_and_no_event": Mutation(taken("react", talkative)),
    "test_what_is_no_emoji_is_refused": Mutation(replaced(changes, "_is_emoji", yes)),
    "test_an_emoji_outside_the_allowed_set_is_refused": Mutation(wrapped(changes, "_is_emoji", any_emoji), "TELEGRAM"),
}

FILES = {
    "test_a_sent_file_comes_back_byte_for_byte": Mutation(wrapped(files, "find", cut)),
    "test_a_sent_voice_note_comes_back_as_one": Mutation(replaced(sends, "_type", lambda file: "file")),
    "test_a_received_file_comes_byte_for_byte": Mutation(
        wrapped(attached, "_keep", lambda original, change, file, data: original(change, file, data[:-1]))
    ),
    "test_a_file_that_is_gone_says_so": Mutation(replaced(Client, "bytes", nothing_there)),
    "test_a_file_the_network_does_not_take_is_refused": Mutation(replaced(rules, "_files", nothing), "INSTAGRAM"),
    "test_more_files_than_the_network_takes_are_refused": Mutation(replaced(rules, "_files", nothing)),
    "test_peoples_pictures_are_pictures": Mutation(wrapped(files, "find", cut)),
}
