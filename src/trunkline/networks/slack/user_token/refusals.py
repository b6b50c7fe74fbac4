"""Slack's error words as our errors. Source: the error lists of the methods on docs.slack.dev, seen 2026-11-22.

An answer with an error word is certain: nothing was done. What is not in the table is a refusal too, named by Slack's word.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from trunkline.model.errors import (
    Disconnected,
    EmptyMessage,
    InvalidRecipient,
    MediaRefused,
    NetworkFailed,
    NoRights,
    NotFound,
    NotPossible,
    ReadOnlyChat,
    Restricted,
    Throttled,
    TooLarge,
    TooLong,
    TrunklineError,
)


class AlreadySo(NotPossible):
    """It is so already: nothing had to be done. word: Slack's for it."""

    def __init__(self, word: str = "") -> None:
        super().__init__("It is so already. Nothing was changed.")
        self.word = word


Make = Callable[[], TrunklineError]

LOG_IN = "Slack no longer takes the account's token ({word}). A person must connect the account again; retrying will not help."
NO_USER_TOKEN = (
    "That is no user token: it begins with xoxp-. Tokens that begin with xoxb- are of bots. At https://api.slack.com/apps, in"
    " your app under Install App, it is called User OAuth Token."
)
NOT_ACCEPTED = (
    "Slack does not accept this token. It must be the User OAuth Token of your own app, which begins with xoxp-: open"
    " https://api.slack.com/apps, choose the app, then Install App, and copy it whole. One that was revoked is made anew there."
)
"""At a login, where nobody has connected anything yet."""
LOOK = "Slack has restricted the account ({word}). A person must look at it in Slack's own app."


def _each(words: str, kind: type[TrunklineError], text: str | None = None) -> dict[str, Make]:
    return {word: partial(kind, None if text is None else text.format(word=word)) for word in words.split()}


TABLE: Mapping[str, Make] = {
    **_each("invalid_auth not_authed token_revoked token_expired no_permission_for_token", Disconnected, LOG_IN),
    **_each(
        "account_inactive access_denied org_login_required ekm_access_denied team_access_not_granted enterprise_is_restricted"
        " user_is_restricted team_added_to_org two_factor_setup_required",
        Restricted,
        LOOK,
    ),
    **_each("ratelimited rate_limited", Throttled),
    **{
        word: partial(AlreadySo, word)
        for word in ("already_reacted", "no_reaction", "already_in_channel", "user_not_in_channel")
    },
    **_each("no_text", EmptyMessage),
    **_each("msg_too_long", TooLong),
    **_each("file_upload_size_restricted storage_limit_reached", TooLarge),
    **_each("file_uploads_disabled file_uploads_except_images_disabled blocked_file_type", MediaRefused),
    **_each(
        "user_not_found users_not_found user_disabled cannot_dm_bot user_not_visible users_list_not_supplied", InvalidRecipient
    ),
    **_each("is_archived restricted_action_read_only_channel restricted_action", ReadOnlyChat),
    **_each("restricted_action_thread_only_channel restricted_action_thread_locked", ReadOnlyChat),
    **_each("file_not_found file_deleted", NotFound, "Slack has the file no more."),
    **_each(
        "channel_not_found", NotPossible, "Slack knows no such conversation, or the account is not in it. Nothing was done."
    ),
    **_each("not_in_channel", NotPossible, "The account is not in this channel; a person must join it in Slack first."),
    **_each("message_not_found thread_not_found no_item_specified bad_timestamp", NotPossible, "Slack has no such message."),
    **_each("invalid_ts invalid_ts_latest invalid_ts_oldest", NotPossible, "Slack has no such message."),
    **_each("cant_update_message", NotPossible, "Slack lets only its author edit a message. Nothing was changed."),
    **_each("cant_delete_message", NotPossible, "Slack lets only its author delete a message. Nothing was changed."),
    **_each(
        "edit_window_closed", NotPossible, "The workspace's own time for edits is over for this message. Nothing was changed."
    ),
    **_each("compliance_exports_prevent_deletion message_limit_exceeded", NoRights),
    **_each("invalid_name", NotPossible, "Slack has no such emoji. Nothing was changed."),
    **_each("too_many_reactions too_many_emoji", NotPossible, "The message has as many reactions as Slack takes."),
    **_each("too_many_users", NotPossible, "Slack takes no more than 8 other people here. Nothing was done."),
    **_each("method_not_supported_for_channel_type", NotPossible, "Slack cannot do this in this kind of conversation."),
    **_each("cant_kick_self cant_kick_from_general cant_kick_from_last_channel cant_invite_self cant_invite", NotPossible),
    **_each("not_authorized restricted_action_non_threadable_channel user_is_ultra_restricted", NoRights),
    **_each("internal_error fatal_error service_unavailable request_timeout team_is_migrating", NetworkFailed),
}


def error_of(answer: Mapping[str, Any]) -> TrunklineError:
    """Our error for an answer with `ok: false`."""
    word = str(answer.get("error") or "unknown_error")
    if word == "missing_scope":
        needed = str(answer.get("needed") or "more scopes")
        return NoRights(
            f"The account's Slack token lacks the scope {needed}. Add it to the app, then connect the account again."
        )
    made = TABLE.get(word)
    if made is not None:
        return made()
    return NotPossible(f"Slack refuses this: {_plain(word)}. Nothing was changed.")


def _plain(word: str) -> str:
    """Slack's own error words and nothing else reach a text of ours."""
    return word if word.replace("_", "").isalnum() and word.isascii() and len(word) <= 80 else "unknown_error"
