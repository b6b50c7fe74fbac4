// One linked account: its socket, its numbered events, and what waits for the server's word.

import { plain, revived } from './bytes.js'
import { Failure, statusOf } from './failures.js'
import { keyStore } from './keys.js'
import { silent } from './silence.js'

const RESTART_REQUIRED = 515
const MOST_UNSTORED = 500
const FEW_UNSTORED = 100
const MESSAGES_PER_LINE = 200
const WANT_MS = 10_000

/** An account. write: takes what goes out as a line. */
export class Account {
  constructor(name, baileys, write) {
    this.name = name
    this.baileys = baileys
    this.write = write
    this.seq = 0
    this.stored = 0
    this.isPaused = false
    this.isOpen = false
    this.isOver = false
    this.sock = undefined
    this.storing = []
    this.waiting = new Map()
    this.wanted = new Map()
    this.groups = new Map()
  }

  /** Open the socket. options: creds (none: an account to be paired), keys, url, ackMs, browser. */
  open(options) {
    this.options = options
    this.creds = options.creds ? revived(options.creds) : this.baileys.initAuthCreds()
    this.keys = keyStore(options.keys ?? {}, (data) => this.report(data), (type, value) => this.keyOf(type, value))
    this.connect()
  }

  /** What the reader has stored: events up to this number. */
  acknowledge(seq) {
    this.stored = Math.max(this.stored, seq)
    while (this.storing.length > 0 && this.storing[0].seq <= this.stored) this.storing.shift().resolve()
    if (this.isPaused && this.seq - this.stored <= FEW_UNSTORED) this.setPaused(false)
  }

  /** Say an event. */
  tell(name, data) {
    if (this.isOver) return
    this.seq += 1
    this.write({ kind: 'event', seq: this.seq, account: this.name, name, data: plain(data) ?? null })
    if (!this.isPaused && this.seq - this.stored > MOST_UNSTORED) this.setPaused(true)
  }

  /** Report changed credentials or keys; resolves once they are stored. */
  report(data) {
    if (this.isOver) return Promise.resolve()
    this.seq += 1
    const seq = this.seq
    this.write({ kind: 'state', seq, account: this.name, data: plain(data) })
    return new Promise((resolve) => this.storing.push({ seq, resolve }))
  }

  /** The open socket. Throws where there is none: nothing was done then. */
  socket() {
    if (!this.isOpen || this.sock === undefined) throw new Failure('not_connected', 'not connected')
    return this.sock
  }

  /** Send a composed message and wait for the server's word. Whatever goes wrong from here on, it may have gone out. */
  async relay(chat, message, id, attributes) {
    const sock = this.socket()
    const answer = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.settle(id, new Failure('no_answer', 'no answer in time', { certain: false })),
        this.options.ackMs ?? 20_000,
      )
      this.waiting.set(id, { resolve, reject, timer })
    })
    answer.catch(() => {})
    try {
      await sock.relayMessage(chat, message, { messageId: id, additionalAttributes: attributes ?? {} })
    } catch (error) {
      this.settle(id, undefined)
      const isClosed = statusOf(error) === 428 && error.message === 'Connection Closed'
      throw isClosed ? new Failure('not_connected', 'not connected') : error
    }
    return answer
  }

  /** Hand over a message that was wanted. */
  give(ask, message) {
    this.wanted.get(ask)?.(message)
    this.wanted.delete(ask)
  }

  /** End the socket and tell nothing any more. Keys that are being stored are not waited for. */
  async close() {
    this.isOver = true
    this.isOpen = false
    this.dropWaiting()
    for (const { resolve } of this.storing.splice(0)) resolve()
    await Promise.resolve(this.sock?.end(undefined)).catch(() => {})
  }

  connect() {
    const { makeWASocket } = this.baileys
    this.sock = makeWASocket({
      auth: { creds: this.creds, keys: this.keys },
      logger: silent,
      browser: this.options.browser ?? ['Trunkline', 'Desktop', '1'],
      ...(this.options.url ? { waWebSocketUrl: this.options.url } : {}),
      markOnlineOnConnect: false,
      syncFullHistory: true,
      shouldSyncHistoryMessage: () => true,
      generateHighQualityLinkPreview: false,
      emitOwnEvents: false,
      cachedGroupMetadata: async (chat) => this.groups.get(chat),
      getMessage: (key) => this.want(key),
    })
    const sock = this.sock
    sock.ws.on('CB:ack,class:message', (node) => this.acknowledged(node.attrs))
    sock.ev.process((events) => {
      if (sock === this.sock) for (const [name, data] of Object.entries(events)) this.happened(name, data)
    })
  }

  happened(name, data) {
    if (name === 'creds.update') {
      Object.assign(this.creds, data)
      void this.report({ creds: this.creds })
    } else if (name === 'connection.update') this.connection(data)
    else if (name === 'messaging-history.set') this.tellHistory(data)
    else {
      if (name.startsWith('group')) this.groups.clear()
      this.tell(name, data)
    }
  }

  connection(update) {
    if (update.connection === 'close') return this.closed(update.lastDisconnect?.error)
    if (update.connection === 'open') this.isOpen = true
    const { connection, qr, isNewLogin, receivedPendingNotifications } = update
    this.tell('connection.update', { connection, qr, isNewLogin, receivedPendingNotifications, me: this.creds.me })
  }

  closed(error) {
    this.isOpen = false
    this.dropWaiting()
    const code = statusOf(error) ?? error?.output?.statusCode
    if (code === RESTART_REQUIRED && !this.isOver && !this.options.pairsOnly) return this.connect()
    return this.tell('connection.update', { connection: 'close', code })
  }

  tellHistory({ messages = [], ...rest }) {
    this.tell('messaging-history.set', { ...rest, messages: [] })
    for (let from = 0; from < messages.length; from += MESSAGES_PER_LINE) {
      const { syncType, peerDataRequestSessionId } = rest
      const part = messages.slice(from, from + MESSAGES_PER_LINE)
      this.tell('messaging-history.set', { syncType, peerDataRequestSessionId, messages: part })
    }
    this.tell('history.part', { syncType: rest.syncType, peerDataRequestSessionId: rest.peerDataRequestSessionId })
  }

  acknowledged({ id, error, t }) {
    if (error === undefined) return this.settle(id, undefined, { at: t === undefined ? undefined : Number(t) })
    const status = Number(error)
    return this.settle(id, new Failure(`nack_${error}`, 'refused by the server', { status: status || undefined }))
  }

  settle(id, failure, value) {
    const waiter = this.waiting.get(id)
    if (waiter === undefined) return
    this.waiting.delete(id)
    clearTimeout(waiter.timer)
    if (failure) waiter.reject(failure)
    else waiter.resolve(value)
  }

  dropWaiting() {
    const lost = new Failure('connection_lost', 'the connection was lost', { certain: false })
    for (const id of [...this.waiting.keys()]) this.settle(id, lost)
    for (const give of this.wanted.values()) give(undefined)
    this.wanted.clear()
  }

  want(key) {
    const ask = `${this.seq + 1}`
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.give(ask, undefined), WANT_MS)
      this.wanted.set(ask, (message) => {
        clearTimeout(timer)
        resolve(message === undefined || message === null ? undefined : revived(message))
      })
      this.tell('want', { ask, key })
    })
  }

  keyOf(type, value) {
    if (type !== 'app-state-sync-key') return value
    return this.baileys.proto.Message.AppStateSyncKeyData.fromObject(value)
  }

  /** Stop or go on reading from the network: the reader of our lines is behind. */
  setPaused(isPaused) {
    const socket = this.sock?.ws?.socket
    this.isPaused = isPaused
    if (isPaused) socket?.pause?.()
    else socket?.resume?.()
  }
}
