// History that the phone pushes: told in parts, and noted before it is loaded, for WhatsApp tells of it only once.

import { plain, revived } from './bytes.js'
import { silent } from './silence.js'

const MESSAGES_PER_LINE = 200

/** One account's history. out: its Outflow. */
export class History {
  constructor(baileys, out) {
    this.baileys = baileys
    this.out = out
    this.due = []
  }

  /** The phone says where a part of the history lies. Baileys has already thanked for it, so it is to be remembered. */
  note(notice) {
    if (!notice?.directPath && !notice?.initialHistBootstrapInlinePayload) return true
    const id = nameOf(notice)
    this.due.push(id)
    this.out.tellAtOnce('history.due', { id, notice: plain(notice) })
    return true
  }

  /** A part was loaded: by Baileys (done: what it was among those noted) or again. */
  tell({ messages = [], ...rest }, done = this.upTo(nameOf(rest))) {
    const { syncType, peerDataRequestSessionId } = rest
    this.out.tell('messaging-history.set', { ...rest, messages: [] }, { isAgain: true })
    for (let from = 0; from < messages.length; from += MESSAGES_PER_LINE) {
      const part = messages.slice(from, from + MESSAGES_PER_LINE)
      const data = { syncType, peerDataRequestSessionId, messages: part }
      this.out.tell('messaging-history.set', data, { weight: part.length, isAgain: true })
    }
    this.out.tell('history.part', { syncType, peerDataRequestSessionId, done }, { isAgain: true })
  }

  /** Load again what was noted and never wholly stored. */
  async again(id, notice) {
    const { proto, downloadAndProcessHistorySyncNotification: load } = this.baileys
    const read = proto.Message.HistorySyncNotification.fromObject(revived(notice))
    this.tell(await load(read, {}, silent), [id])
  }

  /** Those noted up to this one: Baileys works through them one after the other, and may tell several as one. */
  upTo(id) {
    const at = this.due.lastIndexOf(id)
    return at < 0 ? [] : this.due.splice(0, at + 1)
  }
}

function nameOf({ syncType, chunkOrder, peerDataRequestSessionId }) {
  return `${syncType ?? ''}.${chunkOrder ?? ''}.${peerDataRequestSessionId ?? ''}`
}
