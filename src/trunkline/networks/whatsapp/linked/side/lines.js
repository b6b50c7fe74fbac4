// One JSON object per line, over two streams.

/** Calls `take` with each object of the stream, in order; `garbled` with nothing for a line that is none. */
export function readLines(stream, take, garbled) {
  let rest = []
  stream.on('data', (chunk) => {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      rest.push(chunk.subarray(from, end))
      const line = Buffer.concat(rest).toString('utf8')
      rest = []
      from = end + 1
      const read = parsed(line)
      if (read === undefined) garbled()
      else take(read)
    }
    if (from < chunk.length) rest.push(chunk.subarray(from))
  })
}

/** A function that writes an object as a line. */
export function lineWriter(stream) {
  return (object) => stream.write(`${JSON.stringify(object)}\n`)
}

function parsed(line) {
  try {
    const read = JSON.parse(line)
    return typeof read === 'object' && read !== null ? read : undefined
  } catch {
    return undefined
  }
}
