// The side process by its parts, without a network: node --test.

import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { mock, test } from 'node:test'
import { plain, revived } from '../../linked/side/bytes.js'
import { Failure, described } from '../../linked/side/failures.js'
import { keyStore } from '../../linked/side/keys.js'
import { readLines } from '../../linked/side/lines.js'
import { Outflow } from '../../linked/side/outflow.js'

test('bytes, long numbers and nothing else change on their way', () => {
  const given = { a: Buffer.from([0, 255]), b: [new Uint8Array([1])], c: { low: 7, high: 1, unsigned: true }, d: null, e: () => {}, f: undefined }
  assert.deepEqual(plain(given), { a: { $bytes: 'AP8=' }, b: [{ $bytes: 'AQ==' }], c: 4294967303, d: null })
  assert.deepEqual(revived({ a: { $bytes: 'AP8=' }, b: [{ $bytes: 'AQ==' }] }), { a: Buffer.from([0, 255]), b: [Buffer.from([1])] })
})

test('what a protobuf class inherits is no field of it', () => {
  class Message {}
  Message.prototype.text = ''
  assert.deepEqual(plain(new Message()), {})
})

test('lines come whole, however they are cut, and a broken one is told', () => {
  const stream = new PassThrough()
  const taken = []
  let broken = 0
  readLines(stream, (line) => taken.push(line), () => (broken += 1))
  const bytes = Buffer.from('{"a":"é"}\n{"b":2}\nnonsense\n{"c":3}\n')
  for (const byte of bytes) stream.emit('data', Buffer.from([byte]))
  assert.deepEqual(taken, [{ a: 'é' }, { b: 2 }, { c: 3 }])
  assert.equal(broken, 1)
})

test('a failure shows no address and no text', () => {
  const error = new Error('4915550000011@s.whatsapp.net said: hello')
  assert.deepEqual(described(error, false), { code: 'failed', text: 'Error', certain: false, status: undefined })
  const refused = Object.assign(new Error('item-not-found'), { data: 404 })
  assert.deepEqual(described(refused, true), { code: 'status_404', text: 'item-not-found', certain: true, status: 404 })
  assert.equal(described(new Failure('no_answer', 'no answer', { certain: false }), true).certain, false)
})

test('a key is there at once, and the change is done once it is stored', async () => {
  let stored
  const reports = []
  const keys = keyStore({ session: { a: { $bytes: 'AQ==' } } }, (data) => new Promise((resolve) => {
    reports.push(data)
    stored = resolve
  }), (_, value) => value)
  assert.deepEqual(await keys.get('session', ['a', 'b']), { a: Buffer.from([1]) })
  let isDone = false
  const setting = keys.set({ session: { a: null, b: Buffer.from([2]) } }).then(() => (isDone = true))
  assert.deepEqual(await keys.get('session', ['a', 'b']), { b: Buffer.from([2]) })
  assert.equal(isDone, false)
  stored()
  await setting
  assert.deepEqual(reports, [{ keys: { session: { a: null, b: { $bytes: 'Ag==' } } } }])
})

test('a pause of the network is short, for answers to sends come by it, and begins again while there is no room', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  const told = []
  const out = new Outflow('a', () => {}, (isPaused) => told.push(isPaused))
  out.tell('large', {}, { weight: 5_000 })
  out.tell('next', {})
  mock.timers.tick(10_000)
  out.tell('another', {})
  out.acknowledge(1)
  mock.timers.reset()
  assert.deepEqual(told, [true, false, true, false])
})
