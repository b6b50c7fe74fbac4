"""Which function takes which command, by the kind it is recorded under."""

from trunkline.networks.sandbox.accept import changes, chat_state, groups, sends, starts
from trunkline.networks.sandbox.accept.arrival import Work

TAKEN_BY: dict[str, Work] = {
    "send": sends.send,
    "start": starts.start,
    "forward": sends.forward,
    "edit": changes.edit,
    "delete": changes.delete,
    "react": changes.react,
    "delete_chat": chat_state.delete_chat,
    "set_chat": chat_state.set_chat,
    "label_chat": chat_state.label_chat,
    "change_member": groups.change_member,
    "invite_link": groups.invite_link,
}
