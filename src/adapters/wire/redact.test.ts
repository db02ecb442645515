import { expect, test } from 'vitest';
import { readBody } from './body.ts';
import { redactText } from './redact.ts';

const TOKEN = `bsw_0123456789ab_${'c'.repeat(48)}`;

function keep(text: string, isCut = false): string | null {
  return readBody(text, { isCut, isWanted: false }).kept;
}

test('secret members of JSON are hidden at any depth, whatever they hold, and the rest stays', () => {
  const body = {
    name: 'anvil',
    token: 'abc',
    list: [{ join_token: 'abc', deep: { adminKey: 'abc', Password: 7 } }],
    credential: { user: 'abc' },
    secret: ['abc'],
    token_count: 3,
  };

  expect(JSON.parse(keep(JSON.stringify(body)) ?? '')).toEqual({
    name: 'anvil',
    token: '[redacted]',
    list: [{ join_token: '[redacted]', deep: { adminKey: '[redacted]', Password: '[redacted]' } }],
    credential: '[redacted]',
    secret: '[redacted]',
    token_count: 3,
  });
});

test('that there is no secret is no secret', () => {
  const text = '{"token":null,"password":false}';

  expect(keep(text)).toBe(text);
});

test('a body with nothing to hide is kept letter by letter', () => {
  const text = '{ "package" : "app-misc/jq",  "n": 1.0 }';

  expect(keep(text)).toBe(text);
});

test.each([
  ['{"token":"abc\\"def","x":1', '{"token":"[redacted]","x":1'],
  ['{"a":{"secret":{"b":"abc"},"c":1', '{"a":{"secret":"[redacted]","c":1'],
  ['{"x":1,"admin_key":"ab', '{"x":1,"admin_key":"[redacted]"'],
])('a cut body %s hides its secrets too', (text, expected) => {
  expect(keep(text, true)).toBe(expected);
});

test.each([
  [`the token is ${TOKEN}.`, 'the token is bsw_[redacted].'],
  [`cut ${TOKEN.slice(0, 30)}`, 'cut bsw_[redacted]'],
  ['export SWARM_TOKEN=hunter2; run', 'export SWARM_TOKEN=[redacted]; run'],
  ['agent --join-token hunter2 --name x', 'agent --join-token [redacted] --name x'],
  ['Authorization: Bearer hunter2hunter2', 'Authorization: Bearer [redacted]'],
  ['/x?token=hunter2&y=1', '/x?token=[redacted]&y=1'],
  [
    '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\nx',
    '-----BEGIN PRIVATE KEY-----[redacted]\nx',
  ],
])('in a text, %s is hidden', (text, expected) => {
  expect(redactText(text)).toBe(expected);
});

test('secrets within a text within JSON are hidden', () => {
  const kept = keep(JSON.stringify({ error_detail: `SWARM_TOKEN=hunter2 and ${TOKEN}` }));

  expect(kept).toBe('{"error_detail":"SWARM_TOKEN=[redacted] and bsw_[redacted]"}');
});

test('a body nested deeper than the stack is kept as text, and its secrets are hidden', () => {
  const kept = keep(`${'['.repeat(200_000)}{"token":"abc"}${']'.repeat(200_000)}`);

  expect(kept).toContain('"token":"[redacted]"');
});
