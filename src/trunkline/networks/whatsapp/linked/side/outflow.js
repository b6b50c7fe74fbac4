// What goes out for one account: numbered, in order, and no more of it at a time than the reader has stored.

import { plain } from './bytes.js'

const MOST_UNSTORED = 1_000
/** A pause of the network lasts no longer at a time: answers to sends come by it, and Baileys gives up after 35 s of silence. */
const LONGEST_PAUSE_MS = 10_000

/** paused(is): stop or go on reading the network. Weights are messages; anything else weighs as one. */
export class Outflow {
  constructor(account, write, paused) {
    this.account = account
    this.write = write
    this.paused = paused
    this.seq = 0
    this.unstored = []
    this.weight = 0
    this.queue = []
    this.storing = []
    this.isPaused = false
  }

  /** Say an event, once there is room. isAgain: it can be had again, so it may be dropped at the end. */
  tell(name, data, { weight = 1, isAgain = false } = {}) {
    this.queue.push({ name, data, weight, isAgain })
    this.pump()
    if (this.queue.length > 0) this.pause()
  }

  /** Say an event before those that wait. */
  tellAtOnce(name, data) {
    this.event({ name, data, weight: 1 })
  }

  /** Report changed credentials or keys, before what waits; resolves once they are stored. */
  report(data) {
    this.seq += 1
    const { seq } = this
    this.write({ kind: 'state', seq, account: this.account, data: plain(data) })
    return new Promise((resolve) => this.storing.push({ seq, resolve }))
  }

  /** What the reader has stored: everything up to this number. */
  acknowledge(seq) {
    while (this.storing.length > 0 && this.storing[0].seq <= seq) this.storing.shift().resolve()
    while (this.unstored.length > 0 && this.unstored[0].seq <= seq) this.weight -= this.unstored.shift().weight
    this.pump()
    if (this.queue.length === 0) this.resume()
  }

  /** What the reader has not stored and nobody could say again. */
  left() {
    const all = [...this.unstored, ...this.queue].filter((each) => !each.isAgain)
    return all.map(({ name, data }) => ({ kind: 'event', account: this.account, name, data: plain(data) ?? null }))
  }

  /** The end: what cannot be had again is said now, room or not. Whoever waits for keys to be stored waits no more. */
  end() {
    for (const each of this.queue.splice(0)) if (!each.isAgain) this.event(each)
    for (const { resolve } of this.storing.splice(0)) resolve()
    this.resume()
  }

  pump() {
    while (this.queue.length > 0 && this.weight < MOST_UNSTORED) this.event(this.queue.shift())
  }

  event({ name, data, weight, isAgain = false }) {
    this.seq += 1
    this.unstored.push({ seq: this.seq, weight, isAgain, name, data: isAgain ? undefined : data })
    this.weight += weight
    this.write({ kind: 'event', seq: this.seq, account: this.account, name, data: plain(data) ?? null })
  }

  pause() {
    if (this.isPaused) return
    this.isPaused = true
    this.paused(true)
    this.breath = setTimeout(() => this.resume(), LONGEST_PAUSE_MS)
    this.breath.unref?.()
  }

  resume() {
    if (!this.isPaused) return
    this.isPaused = false
    clearTimeout(this.breath)
    this.paused(false)
  }
}
