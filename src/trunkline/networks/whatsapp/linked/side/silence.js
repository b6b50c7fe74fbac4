// A logger for Baileys that says nothing: its lines hold addresses, texts and keys.

export const silent = { level: 'silent', child: () => silent }
for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) silent[level] = () => {}
