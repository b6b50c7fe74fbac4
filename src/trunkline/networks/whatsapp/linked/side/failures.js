// What went wrong, as {code, text, certain, status}: never a message's text, an address or a key.

/** Nothing was done, or nobody knows (certain: false). */
export class Failure extends Error {
  constructor(code, text, { certain = true, status, retryMs } = {}) {
    super(text)
    this.code = code
    this.certain = certain
    this.status = status
    this.retryMs = retryMs
  }
}

/** An error of Baileys or of ours as the fields of an `error` line. certain: what to say where the error does not. */
export function described(error, certain) {
  if (error instanceof Failure) {
    return { code: error.code, text: error.message, certain: error.certain, status: error.status, retry_ms: error.retryMs }
  }
  const status = statusOf(error)
  return { code: status === undefined ? 'failed' : `status_${status}`, text: wordsOf(error), certain, status }
}

/** The number a WhatsApp server or Baileys gave a failure; undefined where there is none. */
export function statusOf(error) {
  const given = typeof error?.data === 'number' ? error.data : error?.output?.statusCode
  return typeof given === 'number' && given > 0 ? given : undefined
}

function wordsOf(error) {
  const text = String(error?.message ?? '')
  return /^[A-Za-z][A-Za-z -]{1,60}$/.test(text) ? text : String(error?.name ?? 'Error')
}
