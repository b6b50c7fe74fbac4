// Credentials of a device that looks linked, for the counterpart: node credentials.mjs SELF_JID. One JSON object on standard output.

import { initAuthCreds } from 'baileys'
import { plain } from '../../linked/side/bytes.js'

const creds = initAuthCreds()
creds.me = { id: process.argv[2], name: 'Robin' }
creds.registered = true
creds.account = {
  details: Buffer.alloc(0),
  accountSignatureKey: Buffer.alloc(32),
  accountSignature: Buffer.alloc(64),
  deviceSignature: Buffer.alloc(64),
}
process.stdout.write(`${JSON.stringify(plain(creds))}\n`)
