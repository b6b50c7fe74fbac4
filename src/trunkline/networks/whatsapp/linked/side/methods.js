// What can be called, by name. Each is given the account and its parameters, and gives a JSON-able value.

import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { plain, revived } from './bytes.js'
import { Failure } from './failures.js'
import { silent } from './silence.js'

/** Functions of a Baileys socket that may be called as they are. */
const OF_SOCKET = new Set([
  'addChatLabel', 'addLabel', 'chatModify', 'fetchMessageHistory', 'groupCreate', 'groupFetchAllParticipating',
  'groupInviteCode', 'groupMetadata', 'groupParticipantsUpdate', 'logout', 'onWhatsApp', 'presenceSubscribe', 'readMessages',
  'removeChatLabel', 'sendPresenceUpdate',
])

/** Whose failure leaves open whether anything was done. The others only read, or only prepare. */
export const UNCERTAIN = new Set(['relay', 'socket'])

export const METHODS = {
  /** Ask for a code to type on the phone. */
  async pairingCode(account, { phone }) {
    return account.sock.requestPairingCode(phone)
  },

  /** Compose a message, its files uploaded, without sending it. */
  async compose(account, { chat, content, id, quoted }) {
    const sock = account.socket()
    const message = await account.baileys.generateWAMessage(chat, { linkPreview: null, ...revived(content) }, {
      logger: silent,
      userJid: account.creds.me.id,
      upload: sock.waUploadToServer,
      messageId: id,
      quoted: quoted ? revived(quoted) : undefined,
    })
    return plain(message)
  },

  /** Send what was composed. Gives when the server took it, in seconds. */
  async relay(account, { chat, message, id, attributes }) {
    return account.relay(chat, account.baileys.proto.Message.fromObject(revived(message)), id, attributes)
  },

  /** Call a function of the socket. */
  async socket(account, { name, args = [] }) {
    if (!OF_SOCKET.has(name)) throw new Failure('no_such_method', 'no such function')
    return plain(await account.socket()[name](...revived(args))) ?? null
  },

  /** Load a part of the history again that was noted and not wholly stored. */
  async history(account, { id, notice }) {
    await account.history.again(id, notice)
    return true
  },

  /** Load the file of a message into a path. */
  async download(account, { message, path }) {
    const sock = account.socket()
    const stream = await account.baileys.downloadMediaMessage(revived(message), 'stream', {}, {
      logger: silent,
      reuploadRequest: sock.updateMediaMessage,
    })
    await pipeline(stream, createWriteStream(path))
    return true
  },

  /** Load somebody's picture into a path; false where there is none to be seen. */
  async picture(account, { person, path }) {
    const address = await account.socket().profilePictureUrl(person, 'image')
    if (!address) return false
    const answer = await fetch(address)
    if (!answer.ok) return false
    await writeFile(path, Buffer.from(await answer.arrayBuffer()))
    return true
  },

  /** Hand over a message that was wanted. */
  async give(account, { ask, message }) {
    account.give(ask, message)
    return true
  },
}
