// The whole side process over two streams, with a library that does as it is told.

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { serve } from '../../linked/side/serve.js'

function library() {
  const made = []
  return {
    made,
    initAuthCreds: () => ({ registered: false }),
    proto: { Message: { fromObject: (value) => value } },
    generateWAMessage: async (chat, content, { messageId }) => ({ key: { remoteJid: chat, id: messageId }, message: content }),
    makeWASocket(config) {
      const ev = new EventEmitter()
      const sock = {
        config,
        paused: 0,
        ws: Object.assign(new EventEmitter(), { socket: { pause: () => (sock.paused += 1), resume: () => (sock.paused -= 1) } }),
        held: [],
        ev: {
          process: (take) => ev.on('event', take),
          flush: () => { for (const each of sock.held.splice(0)) ev.emit('event', each) },
        },
        say: (name, data) => ev.emit('event', { [name]: data }),
        end: async () => {},
        relayMessage: async () => {},
      }
      made.push(sock)
      return sock
    },
  }
}

function started() {
  const input = new PassThrough()
  const lines = []
  const heard = new EventEmitter()
  const baileys = library()
  const output = { write: (text) => { lines.push(JSON.parse(text)); heard.emit('line') } }
  const over = new Promise((resolve) => serve(baileys, input, output, resolve))
  const say = (object) => input.write(`${JSON.stringify(object)}\n`)
  async function until(is) {
    for (;;) {
      const found = lines.find(is)
      if (found) return found
      await once(heard, 'line')
    }
  }
  async function call(id, account, method, params) {
    say({ kind: 'call', id, account, method, params })
    return until((line) => line.id === id && (line.kind === 'result' || line.kind === 'error'))
  }
  return { baileys, input, lines, say, until, call, over }
}

async function opened(side, name = 'a') {
  await side.call(`open ${name}`, name, 'open', { creds: { me: { id: '1@s.whatsapp.net' } }, keys: {} })
  const sock = side.baileys.made.at(-1)
  sock.say('connection.update', { connection: 'open' })
  return sock
}

test('what comes is numbered per account, and a ping is answered', async () => {
  const side = started()
  const one = await opened(side, 'a')
  const two = await opened(side, 'b')
  one.say('messages.upsert', { messages: [{ key: { id: 'X' } }], type: 'notify' })
  two.say('chats.delete', ['1'])
  side.say({ kind: 'ping', id: 7 })
  await side.until((line) => line.kind === 'ping' && line.id === 7)
  const events = side.lines.filter((line) => line.kind === 'event').map(({ account, seq, name }) => [account, seq, name])
  assert.deepEqual(events, [
    ['a', 1, 'connection.update'], ['b', 1, 'connection.update'], ['a', 2, 'messages.upsert'], ['b', 2, 'chats.delete'],
  ])
})

test('a send is answered by the word of the server, not by its leaving', async () => {
  const side = started()
  const sock = await opened(side)
  side.say({ kind: 'call', id: 5, account: 'a', method: 'relay', params: { chat: 'c', message: {}, id: 'M1' } })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(side.lines.some((line) => line.id === 5), false)
  sock.ws.emit('CB:ack,class:message', { attrs: { id: 'M1', t: '1795345200' } })
  assert.deepEqual(await side.until((line) => line.id === 5), { kind: 'result', id: 5, value: { at: 1795345200 } })
})

test('no preview is made of a link: nobody fetches what a message names', async () => {
  const side = started()
  await opened(side)
  const made = await side.call(3, 'a', 'compose', { chat: 'c', id: 'M1', content: { text: 'https://example.org' } })
  assert.deepEqual(made.value.message, { linkPreview: null, text: 'https://example.org' })
  assert.equal(side.baileys.made[0].config.generateHighQualityLinkPreview, false)
})

test('a refused send is certain, a lost connection is not, and without one nothing is tried', async () => {
  const side = started()
  const sock = await opened(side)
  side.say({ kind: 'call', id: 1, account: 'a', method: 'relay', params: { chat: 'c', message: {}, id: 'M1' } })
  side.say({ kind: 'call', id: 2, account: 'a', method: 'relay', params: { chat: 'c', message: {}, id: 'M2' } })
  await new Promise((resolve) => setImmediate(resolve))
  sock.ws.emit('CB:ack,class:message', { attrs: { id: 'M1', error: '463' } })
  sock.say('connection.update', { connection: 'close', lastDisconnect: { error: { output: { statusCode: 428 } } } })
  const refused = await side.until((line) => line.id === 1)
  const lost = await side.until((line) => line.id === 2)
  const after = await side.call(3, 'a', 'relay', { chat: 'c', message: {}, id: 'M3' })
  assert.deepEqual([refused.certain, refused.status], [true, 463])
  assert.deepEqual([lost.code, lost.certain], ['connection_lost', false])
  assert.deepEqual([after.code, after.certain], ['not_connected', true])
})

test('after pairing the connection is opened again at once, with the same credentials', async () => {
  const side = started()
  const sock = await opened(side)
  sock.say('creds.update', { platform: 'smba' })
  sock.say('connection.update', { connection: 'close', lastDisconnect: { error: { output: { statusCode: 515 } } } })
  assert.equal(side.baileys.made.length, 2)
  assert.equal(side.baileys.made[1].config.auth.creds.platform, 'smba')
})

test('it stops reading the network while too much is not stored, and goes on then', async () => {
  const side = started()
  const sock = await opened(side)
  for (let number = 0; number < 1_200; number += 1) sock.say('chats.update', [{ id: `${number}` }])
  assert.equal(sock.paused, 1)
  assert.equal(side.lines.filter((line) => line.kind === 'event').length, 1_000)
  side.say({ kind: 'ack', account: 'a', seq: 1_000 })
  await side.call(9, 'a', 'none', {})
  assert.equal(sock.paused, 0)
  assert.equal(side.lines.filter((line) => line.kind === 'event').length, 1_201)
})

const messages = (from, count) => Array.from({ length: count }, (_, number) => ({ key: { id: `${from + number}` } }))
const notice = (chunkOrder) => ({ syncType: 3, chunkOrder, directPath: `/h/${chunkOrder}`, mediaKey: Buffer.from([1]) })

test('a large history goes out as fast as it is stored, keys and questions pass it, and it is named when it is whole', async () => {
  const side = started()
  const sock = await opened(side)
  sock.config.shouldSyncHistoryMessage(notice(1))
  sock.say('messaging-history.set', { syncType: 3, chunkOrder: 1, chats: [], contacts: [], messages: messages(0, 3_000) })
  void sock.config.auth.keys.set({ session: { x: Buffer.from([1]) } })
  void sock.config.getMessage({ id: 'M1' })
  const told = () => side.lines.filter((line) => line.name === 'messaging-history.set').flatMap((line) => line.data.messages)
  assert.ok(told().length <= 1_000)
  assert.deepEqual(side.lines.filter((line) => line.name === 'history.due').map((line) => line.data), [
    { id: '3.1.', notice: { syncType: 3, chunkOrder: 1, directPath: '/h/1', mediaKey: { $bytes: 'AQ==' } } },
  ])
  await side.until((line) => line.kind === 'state')
  const want = await side.until((line) => line.name === 'want')
  await side.call(99, 'a', 'give', { ask: want.data.ask, message: null })
  for (let number = 0; told().length < 3_000; number += 1) {
    side.say({ kind: 'ack', account: 'a', seq: side.lines.at(-1).seq ?? side.lines.at(-2).seq })
    await side.call(100 + number, 'a', 'none', {})
  }
  side.say({ kind: 'ack', account: 'a', seq: 10_000 })
  const whole = await side.until((line) => line.name === 'history.part')
  assert.deepEqual(whole.data, { syncType: 3, done: ['3.1.'] })
  assert.deepEqual(told(), messages(0, 3_000))
})

test('several parts of the history that are told as one are all whole; the one that is being loaded is not', async () => {
  const side = started()
  const sock = await opened(side)
  for (const number of [1, 2, 3]) sock.config.shouldSyncHistoryMessage(notice(number))
  sock.say('messaging-history.set', { syncType: 3, chunkOrder: 2, messages: messages(0, 1) })
  assert.deepEqual((await side.until((line) => line.name === 'history.part')).data.done, ['3.1.', '3.2.'])
})

test('what the library still holds back is told when it ends, by itself or at our wish', async () => {
  const side = started()
  const sock = await opened(side)
  sock.held.push({ 'messages.upsert': { messages: messages(1, 1), type: 'notify' } })
  sock.say('connection.update', { connection: 'close', lastDisconnect: { error: { output: { statusCode: 428 } } } })
  assert.deepEqual(side.lines.slice(-2).map((line) => line.name), ['messages.upsert', 'connection.update'])
  const other = await opened(side, 'b')
  other.held.push({ 'messages.upsert': { messages: messages(2, 1), type: 'notify' } })
  await side.call(5, 'b', 'close', {})
  assert.deepEqual(side.lines.at(-2).data, { messages: messages(2, 1), type: 'notify' })
})

test('at the end a history that waits is not told, as it can be had again; the rest is', async () => {
  const side = started()
  const sock = await opened(side)
  sock.say('messaging-history.set', { messages: messages(0, 3_000) })
  sock.say('messages.upsert', { messages: messages(9_000, 1), type: 'notify' })
  await side.call(5, 'a', 'close', {})
  const told = side.lines.filter((line) => line.kind === 'event')
  assert.ok(told.length < 10)
  assert.deepEqual(told.at(-1).data, { messages: messages(9_000, 1), type: 'notify' })
})

test('a reader that is gone without a word finds what it had not stored in a file, but no history, which can be had again', async () => {
  const left = join(mkdtempSync(join(tmpdir(), 'left-')), 'a.jsonl')
  const side = started()
  await side.call(1, 'a', 'open', { creds: { me: { id: '1@s.whatsapp.net' } }, keys: {}, left })
  const sock = side.baileys.made.at(-1)
  sock.say('chats.update', [{ id: 'stored' }])
  side.say({ kind: 'ack', account: 'a', seq: 1 })
  sock.config.shouldSyncHistoryMessage(notice(1))
  sock.say('messaging-history.set', { syncType: 3, chunkOrder: 1, messages: messages(0, 3_000) })
  sock.say('messages.upsert', { messages: messages(1, 1), type: 'notify' })
  sock.held.push({ 'messages.upsert': { messages: messages(2, 1), type: 'notify' } })
  await side.call(2, 'a', 'none', {})
  side.input.end()
  assert.equal(await side.over, 0)
  const lines = readFileSync(left, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(lines.map((line) => [line.kind, line.name]), [
    ['event', 'history.due'], ['event', 'messages.upsert'], ['event', 'messages.upsert'],
  ])
})

test('keys count as set once their line is acknowledged', async () => {
  const side = started()
  const sock = await opened(side)
  let isSet = false
  void sock.config.auth.keys.set({ session: { x: Buffer.from([1]) } }).then(() => (isSet = true))
  const state = await side.until((line) => line.kind === 'state')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isSet, false)
  side.say({ kind: 'ack', account: 'a', seq: state.seq })
  await side.call(9, 'a', 'none', {})
  assert.equal(isSet, true)
})

test('only what is on the list can be called, and nothing of the library speaks for itself', async () => {
  const side = started()
  await opened(side)
  assert.equal((await side.call(1, 'a', 'socket', { name: 'end' })).code, 'no_such_method')
  assert.equal((await side.call(2, 'z', 'relay', {})).code, 'no_such_account')
})

test('an ended input ends it, a garbled one too', async () => {
  const ended = started()
  ended.input.end()
  assert.equal(await ended.over, 0)
  const garbled = started()
  garbled.input.write('no json\n')
  assert.equal(await garbled.over, 3)
})
