// One linked account: its socket, its numbered events, and what waits for the server's word.

import { appendFileSync } from 'node:fs'
import { revived } from './bytes.js'
import { Failure, statusOf } from './failures.js'
import { History } from './history.js'
import { keyStore } from './keys.js'
import { Outflow } from './outflow.js'
import { silent } from './silence.js'

const RESTART_REQUIRED = 515
const WANT_MS = 10_000

/** An account. write: takes what goes out as a line. */
export class Account {
  constructor(name, baileys, write) {
    this.name = name
    this.baileys = baileys
    this.out = new Outflow(name, write, (isPaused) => this.setPaused(isPaused))
    this.history = new History(baileys, this.out)
    this.isOpen = false
    this.isOver = false
    this.sock = undefined
    this.asks = 0
    this.waiting = new Map()
    this.wanted = new Map()
    this.groups = new Map()
  }

  /** Open the socket. options: creds (none: an account to be paired), keys, url, ackMs, browser, left. */
  open(options) {
    this.options = options
    this.creds = options.creds ? revived(options.creds) : this.baileys.initAuthCreds()
    this.keys = keyStore(options.keys ?? {}, (data) => this.report(data), (type, value) => this.keyOf(type, value))
    this.connect()
  }

  /** What the reader has stored: events up to this number. */
  acknowledge(seq) {
    this.out.acknowledge(seq)
  }

  /** Say an event. */
  tell(name, data) {
    if (!this.isOver) this.out.tell(name, data)
  }

  /** Report changed credentials or keys; resolves once they are stored. */
  report(data) {
    return this.isOver ? Promise.resolve() : this.out.report(data)
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

  /** End the socket, say what Baileys still held back, and nothing any more. */
  async close() {
    this.letOut()
    this.isOver = true
    this.isOpen = false
    this.dropWaiting()
    this.out.end()
    await Promise.resolve(this.sock?.end(undefined)).catch(() => {})
  }

  /** The reader is gone without a word: what it has not stored is left for the next one, in a file. */
  leave() {
    if (this.isOver || !this.options.left) return
    this.letOut()
    const lines = this.out.left()
    if (lines.length > 0) appendFileSync(this.options.left, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 })
  }

  /** Have Baileys say what it holds back: it has thanked the network for it already, and drops it when it ends.
   *
   * Only then: at the first connect it holds for up to 20 s what is matched with the chats' states that come meanwhile.
   */
  letOut() {
    this.sock?.ev.flush?.()
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
      shouldSyncHistoryMessage: (notice) => this.history.note(notice),
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
    else if (name === 'messaging-history.set') this.isOver || this.history.tell(data)
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
    this.letOut()
    this.isOpen = false
    this.dropWaiting()
    const code = statusOf(error) ?? error?.output?.statusCode
    if (code === RESTART_REQUIRED && !this.isOver && !this.options.pairsOnly) return this.connect()
    return this.tell('connection.update', { connection: 'close', code })
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
    this.asks += 1
    const ask = `${this.asks}`
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.give(ask, undefined), WANT_MS)
      this.wanted.set(ask, (message) => {
        clearTimeout(timer)
        resolve(message === undefined || message === null ? undefined : revived(message))
      })
      this.out.tellAtOnce('want', { ask, key })
    })
  }

  keyOf(type, value) {
    if (type !== 'app-state-sync-key') return value
    return this.baileys.proto.Message.AppStateSyncKeyData.fromObject(value)
  }

  /** Stop or go on reading from the network: the reader of our lines is behind. */
  setPaused(isPaused) {
    const socket = this.sock?.ws?.socket
    if (isPaused) socket?.pause?.()
    else socket?.resume?.()
  }
}
