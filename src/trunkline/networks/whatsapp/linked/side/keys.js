// The Signal keys of one account, held in memory and reported as they change. They are stored by whoever reads our lines.

import { plain, revived } from './bytes.js'

/** A key store for Baileys. keys: {type: {id: value}}; changed(data): reports a change, resolves once it is stored. */
export function keyStore(keys, changed, makeValue) {
  const held = new Map()
  for (const [type, values] of Object.entries(keys)) {
    for (const [id, value] of Object.entries(values)) held.set(`${type} ${id}`, value)
  }
  return {
    async get(type, ids) {
      const found = {}
      for (const id of ids) {
        const value = held.get(`${type} ${id}`)
        if (value !== undefined) found[id] = makeValue(type, revived(value))
      }
      return found
    },
    async set(data) {
      const report = {}
      for (const [type, values] of Object.entries(data)) {
        report[type] = {}
        for (const [id, value] of Object.entries(values)) {
          const kept = value === null || value === undefined ? undefined : plain(value)
          if (kept === undefined) held.delete(`${type} ${id}`)
          else held.set(`${type} ${id}`, kept)
          report[type][id] = kept ?? null
        }
      }
      await changed({ keys: report })
    },
  }
}
