/** What stands where a secret stood. */
const REDACTED = '[redacted]';

const SECRET_WORD =
  '(?:token|secret|passwd|password|passphrase|credentials?|authorization|cookie|(?:admin|api|private|access)[_-]?key)';
const SECRET_KEY = new RegExp(`${SECRET_WORD}$`, 'i');

/** Whether there can be anything to hide. Most texts fail this, and are then not looked at any further. */
const SUSPECT = /token|secret|passw|passphrase|credential|authoriz|cookie|key|bsw_|bearer|basic /i;

/** Secrets by their look, wherever they stand: our tokens, also cut ones, HTTP credentials, private keys. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/bsw_[0-9a-f_]{4,}/g, `bsw_${REDACTED}`],
  [/\b(bearer|basic)(\s+)[\w.~+/=-]{6,}/gi, `$1$2${REDACTED}`],
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    `-----BEGIN PRIVATE KEY-----${REDACTED}`,
  ],
];
/** `NAME_TOKEN=value`, `--join-token value` and the like. */
const ASSIGNMENT = new RegExp(
  `(${SECRET_WORD}=|--[a-z-]*${SECRET_WORD}[ =])(?:"[^"]*"?|'[^']*'?|[^\\s"'&;,\\\\]+)`,
  'gi',
);
/** A member of JSON that was cut, so that it cannot be parsed. */
const MEMBER = new RegExp(
  `("[^"\\\\]*${SECRET_WORD}"\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"?|\\{[^}]*\\}?|\\[[^\\]]*\\]?|-?\\d[\\d.eE+-]*)`,
  'gi',
);

export function isSuspect(text: string): boolean {
  return SUSPECT.test(text);
}

/** The value with what is secret hidden, at any depth. Only for values that came from JSON. */
export function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactShapes(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      redactShapes(key),
      isSecret(key, member) ? REDACTED : redactValue(member),
    ]),
  );
}

/** That there is none of something is no secret. */
function isSecret(key: string, member: unknown): boolean {
  return member !== null && typeof member !== 'boolean' && SECRET_KEY.test(key);
}

/** A text that is not JSON, or no longer. */
export function redactText(text: string): string {
  return isSuspect(text) ? redactShapes(text.replace(MEMBER, `$1"${REDACTED}"`)) : text;
}

function redactShapes(text: string): string {
  if (!isSuspect(text)) return text;
  const shaped = SHAPES.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), text);
  return shaped.replace(ASSIGNMENT, `$1${REDACTED}`);
}
