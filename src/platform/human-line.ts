const LEVELS: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR' };

type Fields = { readonly level?: number; readonly time?: string; readonly msg?: string; readonly err?: unknown };

/** A JSON line of the log as people read it: `14:03:59 [WARN] lease reclaimed droneId="anvil"`. */
export function humanLine(line: string): string {
  let fields: Fields & Readonly<Record<string, unknown>>;
  try {
    // What our own logger wrote.
    fields = JSON.parse(line) as typeof fields;
  } catch {
    return line;
  }
  const { level = 30, time, msg = '', err, ...others } = fields;
  const clock = time === undefined ? '' : `${new Date(time).toTimeString().slice(0, 8)} `;
  const rest = Object.entries(others).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const text = `${clock}[${LEVELS[level] ?? level}] ${msg}${rest.join('')}${errorText(err)}\n`;
  // Messages of errors may repeat what came from outside; a terminal would obey it.
  return text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\u{FFFD}');
}

function errorText(err: unknown): string {
  if (typeof err !== 'object' || err === null) return '';
  const { message, stack } = err as { message?: unknown; stack?: unknown };
  // The stack begins with the message.
  const text = typeof stack === 'string' ? stack : typeof message === 'string' ? message : '';
  return text === '' ? '' : `\n  ${text.replaceAll('\n', '\n  ')}`;
}
