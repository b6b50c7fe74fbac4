// The loop: calls in, results, errors, events and states out. Several accounts share one process.

import { Account } from './account.js'
import { Failure, described } from './failures.js'
import { lineWriter, readLines } from './lines.js'
import { METHODS, UNCERTAIN } from './methods.js'

const BYE_MS = 3_000

/** Serve over two streams with a Baileys module. over(code): the process shall end. */
export function serve(baileys, input, output, over) {
  const accounts = new Map()
  const write = lineWriter(output)

  function account(name) {
    const found = accounts.get(name)
    if (found === undefined) throw new Failure('no_such_account', 'no such account')
    return found
  }

  async function run({ method, account: name, params = {} }) {
    if (method === 'open') {
      await accounts.get(name)?.close()
      const opened = new Account(name, baileys, write)
      accounts.set(name, opened)
      opened.open(params)
      return true
    }
    if (method === 'close') {
      const closing = accounts.get(name)
      accounts.delete(name)
      await closing?.close()
      return true
    }
    const work = METHODS[method]
    if (work === undefined) throw new Failure('no_such_method', 'no such method')
    return work(account(name), params)
  }

  async function call(line) {
    try {
      write({ kind: 'result', id: line.id, value: (await run(line)) ?? null })
    } catch (error) {
      write({ kind: 'error', id: line.id, ...described(error, !UNCERTAIN.has(line.method)) })
    }
  }

  async function bye() {
    setTimeout(() => over(0), BYE_MS).unref()
    await Promise.allSettled([...accounts.values()].map((each) => each.close()))
    write({ kind: 'bye' })
    over(0)
  }

  function take(line) {
    if (line.kind === 'call') void call(line)
    else if (line.kind === 'ack') accounts.get(line.account)?.acknowledge(line.seq)
    else if (line.kind === 'ping') write({ kind: 'ping', id: line.id })
    else if (line.kind === 'bye') void bye()
  }

  readLines(input, take, () => over(3))
  input.on('end', () => {
    for (const each of accounts.values()) each.leave()
    void bye()
  })
  write({ kind: 'ready' })
}
