// The whole side process over two streams, with a library that does as it is told.

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
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
        ev: { process: (take) => ev.on('event', take) },
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
  for (let number = 0; number < 600; number += 1) sock.say('chats.update', [{ id: `${number}` }])
  assert.equal(sock.paused, 1)
  side.say({ kind: 'ack', account: 'a', seq: 601 })
  await side.call(9, 'a', 'none', {})
  assert.equal(sock.paused, 0)
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
