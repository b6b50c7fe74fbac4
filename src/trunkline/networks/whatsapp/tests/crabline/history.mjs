// The real Baileys with our side process's own history: a notice that went through JSON and back is loaded again, whole.

import assert from 'node:assert/strict'
import { deflateSync } from 'node:zlib'
import * as baileys from 'baileys'
import { plain } from '../../linked/side/bytes.js'
import { History } from '../../linked/side/history.js'
import { Outflow } from '../../linked/side/outflow.js'

const { proto } = baileys
const chat = '4915550000011@s.whatsapp.net'
const messages = Array.from({ length: 450 }, (_, number) => ({
  message: { key: { remoteJid: chat, id: `M${number}`, fromMe: false }, message: { conversation: `Said ${number}` }, messageTimestamp: 1 },
}))
const sync = proto.HistorySync.encode({ syncType: 3, chunkOrder: 2, conversations: [{ id: chat, messages }] }).finish()
const notice = proto.Message.HistorySyncNotification.fromObject({
  syncType: 3, chunkOrder: 2, initialHistBootstrapInlinePayload: deflateSync(sync),
})

const lines = []
const history = new History(baileys, new Outflow('a', (line) => lines.push(JSON.parse(JSON.stringify(line))), () => {}))
history.note(notice)
const { id, notice: kept } = lines[0].data
await history.again(id, JSON.parse(JSON.stringify(kept)))
const told = lines.filter((line) => line.name === 'messaging-history.set').flatMap((line) => line.data.messages)
assert.deepEqual(told.map((each) => each.message.conversation), messages.map((each) => each.message.message.conversation))
assert.deepEqual(lines.at(-1).data.done, [id])
assert.deepEqual(plain(notice).syncType, 3)
