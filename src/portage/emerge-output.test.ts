import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixtureBytes, fixturesIn } from '../../test/portage/fixture.ts';
import { type BuildEvent, type BuildOutputParser, createBuildOutputParser } from './emerge-output.ts';

function follow(output: Uint8Array | string): { events: BuildEvent[]; parser: BuildOutputParser } {
  const parser = createBuildOutputParser();
  return { events: [...parser.push(output), ...parser.finish()], parser };
}

function phasesIn(events: readonly BuildEvent[]): string[] {
  return events.filter((event) => event.kind === 'phase').map((event) => event.phase);
}

describe('what real emerge printed', () => {
  test('a build that is only packaged goes through its phases', () => {
    const { events, parser } = follow(fixtureBytes('logs/success-buildpkgonly.txt'));

    expect(events[0]).toEqual({ kind: 'package', cpv: 'net-libs/swarmhttp-1.8', index: 1, total: 1, isBinary: false });
    expect(phasesIn(events)).toEqual(['setup', 'unpack', 'prepare', 'configure', 'compile', 'install', 'package']);
    expect(parser.progress()).toEqual({
      ...{ cpv: 'net-libs/swarmhttp-1.8', index: 1, total: 1, isBinary: false, phase: 'package' },
      ...{ completed: 0, failed: [] },
    });
  });

  test('a build that is merged ends with the merge', () => {
    const { events, parser } = follow(fixtureBytes('logs/success-merge.txt'));

    expect(phasesIn(events).at(-1)).toBe('merge');
    expect(parser.progress()).toMatchObject({ cpv: 'dev-lang/tinyscript-1.9', completed: 1 });
  });

  test('dependencies are installed one after the other, as binaries', () => {
    const { events, parser } = follow(fixtureBytes('logs/deps-install.txt'));

    const packages = events.filter((event) => event.kind === 'package');
    expect(packages.map(({ index, total, isBinary }) => [index, total, isBinary])).toEqual(
      [1, 2, 3, 4, 5, 6].map((index) => [index, 6, true]),
    );
    expect(packages.at(-1)?.cpv).toBe('net-libs/swarmnet-3.0');
    expect(phasesIn(events).slice(0, 3)).toEqual(['setup', 'unpack', 'merge']);
    expect(parser.progress()).toMatchObject({ index: 6, total: 6, completed: 6, failed: [] });
  });

  test('a whole world of parallel jobs is counted', () => {
    const { parser } = follow(fixtureBytes('logs/world-jobs2-stdout.txt'));

    expect(parser.progress()).toMatchObject({ total: 27, completed: 27, failed: [] });
  });

  test.each([
    ['fail-compile', 'compile'],
    ['fail-compile-quiet-build-quiet-fail', 'compile'],
    ['fail-configure', 'configure'],
    ['fail-install', 'install'],
    ['fail-test', 'test'],
    ['fail-pretend', 'pretend'],
    ['fail-postinst', 'postinst'],
    ['fail-fetch-restricted', null],
  ])('in logs/%s.txt one package fails, in phase %s', (file, phase) => {
    const { failed } = follow(fixtureBytes(`logs/${file}.txt`)).parser.progress();

    expect(failed).toEqual([{ cpv: expect.stringMatching(/^app-broken\//) as string, phase }]);
  });

  test('where several packages fail each is named once', () => {
    const { failed } = follow(fixtureBytes('logs/keep-going-jobs.txt')).parser.progress();

    expect(failed).toEqual([
      { cpv: 'app-broken/fails-install-1.0', phase: 'install' },
      { cpv: 'app-broken/fails-compile-1.0', phase: 'compile' },
    ]);
  });

  test('a build that was stopped is left in its phase', () => {
    const { parser } = follow(fixtureBytes('logs/signal-TERM-group.txt'));

    expect(parser.progress()).toMatchObject({ cpv: 'app-broken/hangs-1.0', phase: 'compile', failed: [] });
  });

  test.each(fixturesIn('logs').filter((path) => path.endsWith('.txt')))(
    '%s tells the same in whatever pieces it comes',
    (file) => {
      const bytes = fixtureBytes(file);
      const whole = follow(bytes);
      fc.assert(
        fc.property(fc.integer({ min: 5, max: 300 }), (pieceBytes) => {
          const parser = createBuildOutputParser();
          const events: BuildEvent[] = [];
          for (let at = 0; at < bytes.length; at += pieceBytes)
            events.push(...parser.push(bytes.subarray(at, at + pieceBytes)));
          events.push(...parser.finish());
          expect(events).toEqual(whole.events);
          expect(parser.progress()).toEqual(whole.parser.progress());
        }),
        { numRuns: 2 },
      );
    },
  );
});

describe('whatever comes', () => {
  test('colours make no difference', () => {
    const coloured = '\u001b[32m>>>\u001b[39;49;00m Emerging (\u001b[1m1\u001b[m of 2) \u001b[32ma/b-1\u001b[m::r\r\n';

    expect(follow(coloured).events[0]).toEqual({ kind: 'package', cpv: 'a/b-1', index: 1, total: 2, isBinary: false });
  });

  test('a bare carriage return ends a line', () => {
    expect(phasesIn(follow('10 %\r>>> Compiling source in /w ...\r20 %\r').events)).toEqual(['compile']);
  });

  test('a disabled test phase is none', () => {
    expect(phasesIn(follow('>>> Test phase [not enabled]: a/b-1\n>>> Test phase: a/b-1\n').events)).toEqual(['test']);
  });

  test('the words of Portage in the middle of a line are not from Portage', () => {
    expect(follow('echo ">>> Emerging (1 of 1) a/b-1"\n  >>> Creating binpkg\n').events).toEqual([]);
  });

  test('a line of many megabytes is neither kept nor an obstacle', () => {
    const parser = createBuildOutputParser();
    const piece = 'x'.repeat(64 * 1024);

    for (let count = 0; count < 64; count += 1) expect(parser.push(piece)).toEqual([]);

    expect(phasesIn(parser.push('\n>>> Creating binpkg\n'))).toEqual(['package']);
  });

  test('a line of 20,000 characters between two others is passed over', () => {
    const text = `>>> Compiling source in /w ...\n${'y'.repeat(20_000)}\n>>> Install a/b-1 into /i\n`;

    expect(phasesIn(follow(text).events)).toEqual(['compile', 'install']);
  });

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const noise = Buffer.concat([bytes, Buffer.from('\n>>> Creating binpkg\n')]);
        expect(phasesIn(follow(noise).events).at(-1)).toBe('package');
      }),
    );
  });

  test('before anything was printed nothing is known', () => {
    const { events, parser } = follow('');

    expect(events).toEqual([]);
    expect(parser.progress()).toMatchObject({ cpv: null, phase: null, index: 0, total: 0 });
  });
});
