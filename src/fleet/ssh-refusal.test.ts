import { expect, test } from 'vitest';
import { readRefusal } from './ssh-refusal.ts';

const HOST = { address: 'anvil', user: 'root', port: 2222 };
const LOST = { kind: 'exited', exitCode: 255 } as const;

test('a key that nobody knows is no failure yet', () => {
  const said = [
    'No ED25519 host key is known for [anvil]:2222 and you have requested strict checking.',
    'Host key verification failed.',
  ];

  expect(readRefusal(HOST, LOST, said)).toEqual({ kind: 'unknown-key' });
});

test('the key of a host between is not taken for that of the host', () => {
  const said = [
    'No ED25519 host key is known for jump and you have requested strict checking.',
    'Host key verification failed.',
    'kex_exchange_identification: Connection closed by remote host',
    'Connection closed by UNKNOWN port 65535',
  ];

  expect(readRefusal(HOST, LOST, said)).toEqual({
    kind: 'other',
    says: 'on the way to anvil: Host key verification failed. Log in by hand once (ssh -p 2222 root@anvil), compare the key of the host between, and accept it',
  });
});

test('a key that changed is told with both places', () => {
  const said = [
    '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
    'SHA256:KTZNBNDSS/UINkNyuYMJMQgXD02pGu8TCsbCfTFUANY.',
    'Offending ED25519 key in /home/me/.ssh/known_hosts:7',
    '  ssh-keygen -f "/home/me/.ssh/known_hosts" -R "anvil"',
    'Host key verification failed.',
  ];

  expect(readRefusal(HOST, LOST, said)).toEqual({
    kind: 'changed-key',
    says: 'the host key of anvil is not the one that is known here: it shows SHA256:KTZNBNDSS/UINkNyuYMJMQgXD02pGu8TCsbCfTFUANY, and line 7 of /home/me/.ssh/known_hosts has another. Nothing was sent there. Somebody may be between; if the host was installed anew, remove the old key (ssh-keygen -f "/home/me/.ssh/known_hosts" -R "anvil") and run this again',
  });
});

test.each([
  [
    LOST,
    ['root@anvil: Permission denied (publickey).'],
    /^root@anvil: Permission denied .*ssh-copy-id -p 2222 root@anvil/,
  ],
  [LOST, ['ssh: connect to host anvil port 2222: Connection refused'], /^ssh: connect to host anvil .* refused$/],
  [LOST, [], /^ssh ended without a word$/],
  [{ kind: 'no-ssh' } as const, [], /no ssh program/],
  [{ kind: 'timed-out' } as const, [], /^anvil let us in and then said nothing$/],
])('%j with %j is told in a sentence', (end, said, sentence) => {
  expect(readRefusal(HOST, end, said)).toMatchObject({ kind: 'other', says: expect.stringMatching(sentence) });
});
