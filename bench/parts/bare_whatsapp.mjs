// The client library alone, as a program that wants nothing but to send and to hear: node bare_whatsapp.mjs MODULES URL CREDS
// Lines in: the texts to be sent, to CHAT. Lines out: "open", "sent" for each, "heard TEXT", "history COUNT" once there is a pause.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [modules, url, creds, chat] = process.argv.slice(2)
const found = createRequire(join(modules, 'package.json')).resolve('baileys')
const baileys = await import(pathToFileURL(found).href)
const keys = { get: async () => ({}), set: async () => {} }
const sock = baileys.makeWASocket({
  auth: { creds: JSON.parse(creds), keys },
  waWebSocketUrl: url,
  shouldSyncHistoryMessage: () => true,
  getMessage: async () => undefined,
})
const say = (line) => process.stdout.write(`${line}\n`)
let count = 0
sock.ev.process((events) => {
  if (events['connection.update']?.connection === 'open') say('open')
  for (const { message } of events['messages.upsert']?.messages ?? []) say(`heard ${message.conversation}`)
  if (events['messaging-history.set']) say(`history ${(count += events['messaging-history.set'].messages.length)}`)
})
sock.ws.on('CB:ack,class:message', () => say('sent'))
let number = 0
for await (const text of createInterface({ input: process.stdin })) {
  const options = { messageId: `BARE${(number += 1)}`, userJid: '', logger: console }
  const made = await baileys.generateWAMessage(chat, { text }, options)
  await sock.relayMessage(chat, made.message, { messageId: options.messageId, additionalAttributes: {} })
}
process.exit(0)
