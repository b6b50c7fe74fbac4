// The side process of Trunkline's WhatsApp road: node main.js FOLDER, where FOLDER/node_modules holds Baileys.
//
// Standard output carries our lines and nothing else: libraries below print keys to the console, which is therefore closed.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serve } from './serve.js'

for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table']) console[name] = () => {}

const write = process.stdout.write.bind(process.stdout)
process.stdout.write = () => true
// Its reader may be gone: the end of our input says so, and what is to be left for the next one is left then.
process.stdout.on('error', () => {})
process.stderr.write = () => true
const output = { write: (text) => write(text) }

function fail(error) {
  output.write(`${JSON.stringify({ kind: 'fault', text: `${error?.name ?? 'Error'} ${error?.code ?? ''}`.trim() })}\n`)
}

process.on('uncaughtException', (error) => {
  fail(error)
  process.exit(4)
})
process.on('unhandledRejection', fail)

try {
  const folder = process.argv[2]
  const found = createRequire(join(folder, 'package.json')).resolve('baileys')
  const baileys = await import(pathToFileURL(found).href)
  serve(baileys, process.stdin, output, (code) => process.exit(code))
} catch (error) {
  fail(error)
  process.exit(5)
}
