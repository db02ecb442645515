import type { Reply } from '../../api/api.ts';

export type Exchange = Reply<'protocol'>['entries'][number];
export type ExchangeDetail = Reply<'protocolDetail'>;

const TONES: Readonly<Record<string, string>> = {
  register: '--text-2',
  work_request: '--delegated',
  complete: '--received',
  upload: '--ready',
  log_append: '--text-3',
  log_read: '--needed',
  queue: '--accent',
  queue_remove: '--blocked',
  control: '--blocked',
  node_pause: '--blocked',
  node_resume: '--blocked',
  node_settings: '--blocked',
  node_delete: '--failed',
  session_abort: '--failed',
  provisioning: '--accent',
  enrol: '--accent',
  binhost: '--needed',
  unknown: '--offline',
};

/** The colour of a type: what drones do, what operators do, and what is only asked. */
export function toneOfType(type: string): string {
  return `var(${TONES[type] ?? '--needed'})`;
}

/** Answers that wait until there is something to say: how long they take says nothing. */
const WAITING = new Set(['work_request', 'stream']);

/** Green below 10 ms, amber below 100 ms, red above. */
export function toneOfLatency(ms: number, type: string): string {
  if (WAITING.has(type)) return 'var(--text-2)';
  return ms < 10 ? 'var(--ok)' : ms < 100 ? 'var(--warn)' : 'var(--danger)';
}

export function toneOfStatus(status: number): string {
  return status < 400 ? 'var(--text-2)' : status < 500 ? 'var(--warn)' : 'var(--danger)';
}

/** `0.3 ms`, `12 ms`, `2.1 s`. */
export function latency(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false },
});

/** Time of day with milliseconds, of Unix seconds. */
export function preciseClock(at: number): string {
  return CLOCK.format(at * 1000);
}

/** Who began it: a drone by its name, else who asked, else from where. */
export function sourceOf(exchange: Exchange, names: ReadonlyMap<string, string>): string {
  const { drone_id: drone, source_node: node, actor, source_ip: ip } = exchange;
  const known = drone === null ? undefined : (names.get(drone) ?? (node === null ? undefined : node));
  if (known !== undefined) return known;
  return actor === null || actor === 'anyone' ? ip : actor;
}

/** What went over, in a few words: what other columns say already is left out, and drones have their names. */
export function summaryOf(exchange: Exchange, names: ReadonlyMap<string, string>): string {
  const { request_summary: asked, response_summary: answered, status_code: status, msg_type: type } = exchange;
  const { package: name, drone_id: drone, source_node: node, method } = exchange;
  const what = [method, type, type.toUpperCase(), name, node].reduce<string>(
    (text, known) => (known === null || known === '' ? text : without(text, known)),
    asked.replace('/api/v1/', '/').replace('status=', ''),
  );
  const named =
    drone === null
      ? what
      : without(what.replaceAll(drone, names.get(drone) ?? drone), `drone=${names.get(drone) ?? drone}`);
  const said = without(answered.replace(new RegExp(`^${status}\\s*`), ''), name === null ? '' : `package=${name}`);
  return said === '' ? named : named === '' ? said : `${named} → ${said}`;
}

/** A text without one of its words. */
function without(text: string, word: string): string {
  return text
    .split(' ')
    .filter((each) => each !== word)
    .join(' ');
}
