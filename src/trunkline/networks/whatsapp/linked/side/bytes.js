// Values between Baileys and the lines: bytes travel as {"$bytes": base64}, long numbers as numbers, nothing else is special.

/** A JSON-able copy: what is undefined or a function falls away, and so does what a protobuf class inherits. */
export function plain(value) {
  if (value === null) return null
  if (value === undefined || typeof value === 'function') return undefined
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object') return value
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Date) return value.getTime()
  if (value instanceof Error) return { error: value.name, status: value.output?.statusCode }
  if (typeof value.low === 'number' && typeof value.high === 'number') return longNumber(value)
  if (Array.isArray(value)) return value.map((each) => plain(each) ?? null)
  const copy = {}
  for (const [name, each] of Object.entries(value)) {
    const made = plain(each)
    if (made !== undefined) copy[name] = made
  }
  return copy
}

/** The value that `plain` was given, with Buffers for bytes. */
export function revived(value) {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(revived)
  if (typeof value.$bytes === 'string') return Buffer.from(value.$bytes, 'base64')
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revived(each)]))
}

function longNumber({ low, high }) {
  return high * 0x1_0000_0000 + (low >>> 0)
}
