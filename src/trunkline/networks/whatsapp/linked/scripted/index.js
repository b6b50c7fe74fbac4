// A module with the face of Baileys 7.0.0-rc14 (as much of it as the side process uses), for tests: what a socket is told to do
// goes as JSON lines to a network played elsewhere (fake.py), at the address of `waWebSocketUrl`, and events come back.

import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { Readable } from 'node:stream'

const asIs = { fromObject: (value) => value }
export const proto = { Message: { ...asIs, AppStateSyncKeyData: asIs, HistorySyncNotification: asIs } }

export function initAuthCreds() {
  return { noiseKey: randomBytes(8), registered: false }
}

class Boom extends Error {
  constructor(text, status) {
    super(text)
    this.output = { statusCode: status }
    this.data = status
  }
}

let latest

class Network {
  constructor(url, take) {
    const { hostname, port } = new URL(url)
    this.asked = new Map()
    this.next = 0
    this.tcp = connect(Number(port), hostname)
    let rest = ''
    this.tcp.setEncoding('utf8')
    this.tcp.on('data', (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()
      for (const line of lines) this.line(JSON.parse(line), take)
    })
    this.tcp.on('error', () => {})
    this.tcp.on('close', () => take({ close: 428 }))
  }

  line(said, take) {
    if (said.answer === undefined) return take(said)
    const { resolve, reject } = this.asked.get(said.answer)
    this.asked.delete(said.answer)
    if (said.status) reject(new Boom(said.text ?? 'refused', said.status))
    else resolve(said.value)
    return undefined
  }

  say(object) {
    this.tcp.write(`${JSON.stringify(object, bytes)}\n`)
  }

  ask(name, ...args) {
    this.next += 1
    const ask = this.next
    return new Promise((resolve, reject) => {
      this.asked.set(ask, { resolve, reject })
      this.say({ ask, name, args })
    })
  }
}

function bytes(_, value) {
  return value?.type === 'Buffer' ? { $bytes: Buffer.from(value.data).toString('base64') } : value
}

export function makeWASocket(config) {
  const ev = new EventEmitter()
  const ws = new EventEmitter()
  const { creds, keys } = config.auth
  let isOver = false
  let held
  const emit = (name, data) => (held ? held.push({ [name]: data }) : ev.emit('event', { [name]: data }))

  // Baileys holds events back for moments, and drops them when its socket ends.
  function flush() {
    const all = held ?? []
    held = undefined
    for (const each of all) ev.emit('event', each)
  }

  function end(code) {
    if (isOver) return
    isOver = true
    network.tcp.destroy()
    ev.emit('event', { 'connection.update': { connection: 'close', lastDisconnect: { error: new Boom('closed', code) } } })
    held = undefined
    ev.removeAllListeners()
  }

  // One part after the other, thanked for before it is loaded, as Baileys does.
  let loading = Promise.resolve()
  function history(notice) {
    loading = loading.then(async () => {
      if (isOver) return
      network.say({ thanks: notice.directPath })
      if (config.shouldSyncHistoryMessage(notice)) emit('messaging-history.set', await loaded(network, notice))
    })
    return loading
  }

  async function take(said) {
    if (isOver) return
    if (said.close) end(said.close)
    else if (said.ack) ws.emit('CB:ack,class:message', { attrs: said.ack })
    else if (said.keys) await keys.set(said.keys)
    else if (said.wants) network.say({ wanted: (await config.getMessage(said.wants)) ?? null })
    else if (said.holds) held = []
    else if (said.history) await history(said.history)
    else if (said.event) emit(said.event, said.data)
  }

  const network = new Network(config.waWebSocketUrl, take)
  latest = network
  ws.socket = { pause: () => network.tcp.pause(), resume: () => network.tcp.resume() }
  network.say({ hello: creds.me?.id ?? null, secret: creds.secret ?? null })

  const sock = {
    ev: { process: (take) => ev.on('event', take), flush },
    ws,
    user: creds.me,
    end: async () => end(428),
    waUploadToServer: (data) => network.ask('upload', data.toString('base64')),
    updateMediaMessage: (message) => message,
    requestPairingCode: (phone) => network.ask('requestPairingCode', phone),
    async logout() {
      await network.ask('logout')
      end(401)
    },
    async relayMessage(chat, message, { messageId, additionalAttributes }) {
      await network.ask('relayMessage', chat, message, messageId, additionalAttributes)
      return messageId
    },
  }
  for (const name of [
    'addChatLabel', 'addLabel', 'chatModify', 'fetchMessageHistory', 'groupCreate', 'groupFetchAllParticipating',
    'groupInviteCode', 'groupMetadata', 'groupParticipantsUpdate', 'onWhatsApp', 'profilePictureUrl', 'readMessages',
    'sendPresenceUpdate',
  ]) {
    sock[name] = (...args) => network.ask(name, ...args)
  }
  return sock
}

export default makeWASocket

export async function generateWAMessage(chat, content, options) {
  const message = await composed(content, options)
  const inner = Object.values(message)[0]
  if (options.quoted && typeof inner === 'object') {
    const { key, message: said } = options.quoted
    inner.contextInfo = { stanzaId: key.id, participant: key.participant ?? key.remoteJid, quotedMessage: said }
  }
  const seconds = Math.floor(Number(process.env.FAKE_NOW_MS ?? Date.now()) / 1000)
  return { key: { remoteJid: chat, fromMe: true, id: options.messageId }, message, messageTimestamp: seconds, status: 1 }
}

async function composed(content, options) {
  if (content.delete) return { protocolMessage: { key: content.delete, type: 0 } }
  if (content.edit) return { protocolMessage: { key: content.edit, type: 14, editedMessage: { conversation: content.text } } }
  if (content.react) return { reactionMessage: content.react }
  if (content.forward) return forwarded(content.forward.message)
  for (const kind of ['image', 'video', 'audio', 'document', 'sticker']) {
    if (content[kind]) return { [`${content.ptv ? 'ptv' : kind}Message`]: await uploaded(content, content[kind].url, options) }
  }
  return { extendedTextMessage: { text: content.text, contextInfo: { mentionedJid: content.mentions } } }
}

async function uploaded({ mimetype, caption, fileName, ptt }, path, { upload }) {
  const data = await readFile(path)
  return { mimetype, caption, fileName, ptt, fileLength: data.length, directPath: await upload(data), mediaKey: randomBytes(32) }
}

function forwarded(message) {
  const [kind, said] = Object.entries(message)[0]
  const contextInfo = { isForwarded: true, forwardingScore: 1 }
  if (kind === 'conversation') return { extendedTextMessage: { text: said, contextInfo } }
  return { [kind]: { ...said, contextInfo } }
}

export async function downloadMediaMessage({ message }) {
  const said = Object.values(message).find((each) => each?.directPath)
  return Readable.from(Buffer.from(await latest.ask('download', said?.directPath ?? ''), 'base64'))
}

export function downloadAndProcessHistorySyncNotification(notice) {
  return loaded(latest, notice)
}

async function loaded(network, { directPath, syncType, chunkOrder }) {
  return { ...(await network.ask('history', directPath)), syncType, chunkOrder }
}
