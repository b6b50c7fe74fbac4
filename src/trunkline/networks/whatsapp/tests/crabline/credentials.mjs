// Credentials of a device that looks linked, for the counterpart: node credentials.mjs SELF_JID. One JSON object on standard output.

import { initAuthCreds } from 'baileys'
import { plain } from '../../linked/side/bytes.js'

const creds = initAuthCreds()
creds.me = { id: process.argv[2], name: 'Robin' }
creds.registered = true
creds.accountSyncCounter = 1 // else Baileys holds events back for 20 s, waiting for a first push of history
creds.account = {
  details: Buffer.alloc(0),
  accountSignatureKey: Buffer.alloc(32),
  accountSignature: Buffer.alloc(64),
  deviceSignature: Buffer.alloc(64),
}
process.stdout.write(`${JSON.stringify(plain(creds))}\n`)
