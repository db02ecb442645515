import { expect, test } from 'vitest';
import { splitLines } from './lines.ts';

const bytes = (text: string) => Buffer.from(text);

test('lines come out whole however the output was cut', () => {
  const text = 'eins\nzwei äöü 🙂\n\nvier';
  const whole = bytes(text);

  for (let size = 1; size <= whole.length; size += 1) {
    const splitter = splitLines();
    const lines: string[] = [];
    for (let at = 0; at < whole.length; at += size) lines.push(...splitter.push(whole.subarray(at, at + size)));
    lines.push(...splitter.end());

    expect(lines).toEqual(text.split('\n'));
  }
});

test('output that ends with a line feed has no empty last line', () => {
  const splitter = splitLines();

  expect([...splitter.push(bytes('one\n')), ...splitter.end()]).toEqual(['one']);
});

test('a line longer than the limit comes in pieces and loses nothing', () => {
  const splitter = splitLines(10);
  const lines = [...splitter.push(bytes('a'.repeat(25))), ...splitter.push(bytes('bbb\nc')), ...splitter.end()];

  expect(lines.slice(0, -1).join('')).toBe(`${'a'.repeat(25)}bbb`);
  expect(lines.at(-1)).toBe('c');
  expect(Math.max(...lines.map((line) => line.length))).toBe(10);
});

test('bytes that are not UTF-8 and bare carriage returns do not break a line', () => {
  const splitter = splitLines();

  expect(splitter.push(Buffer.from([0x61, 0xff, 0x0d, 0x62, 0x0a]))).toEqual(['a\ufffd\rb']);
});
