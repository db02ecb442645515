import { duration, moment, relative } from '../../ui/format.ts';
import { type Bar, endOf } from './bars.ts';
import { OUTCOMES } from './outcomes.ts';

/** A clock time within a day, of Unix seconds. */
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export type Fact = { readonly name: string; readonly value: string };

/** What there is to say of a bar beside its name. `slot` counts from 0; `after` is what it waited for. */
export function factsOf(
  bar: Bar,
  slot: number,
  { now, after }: { now: number; after: Bar | undefined },
): readonly Fact[] {
  const isComing = bar.state === 'planned';
  const took = endOf(bar, now) - bar.from;
  return [
    { name: 'Drone', value: `${bar.drone}, slot ${slot + 1}` },
    { name: isComing ? 'About' : 'From', value: spanWords(bar) },
    { name: isComing ? 'Takes about' : bar.to === null ? 'So far' : 'Took', value: duration(took) },
    ...(bar.expectedTo === null ? [] : [{ name: 'Probably ends', value: relative(bar.expectedTo, now) }]),
    ...(bar.phase === null ? [] : [{ name: bar.to === null ? 'Phase' : 'Failed in', value: bar.phase }]),
    ...(bar.failureClass === null ? [] : [{ name: 'Failure', value: bar.failureClass }]),
    ...(after === undefined ? [] : [{ name: isComing ? 'Waits for' : 'Waited for', value: after.package }]),
  ];
}

/** The same in one line, for who cannot see it. */
export function sentenceOf(bar: Bar, slot: number, now: number): string {
  const facts = factsOf(bar, slot, { now, after: undefined }).map(({ name, value }) => `${name} ${value}`);
  return `${bar.package}, ${OUTCOMES[bar.state].label}. ${facts.join(', ')}`;
}

function spanWords({ from, to }: Bar): string {
  const isLongAgo = Math.abs(Date.now() / 1000 - from) > 18 * 3600;
  const begin = isLongAgo ? moment(from) : CLOCK.format(from * 1000);
  return to === null ? begin : `${begin} to ${CLOCK.format(to * 1000)}`;
}
