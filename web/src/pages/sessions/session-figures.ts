import type { Reply } from '../../api/api.ts';

export type ListedSession = Reply<'sessions'>['sessions'][number];
export type SessionDetail = Reply<'sessionDetail'>;

/** Seconds from its beginning to its end, or until now. */
export function makespanOf(
  { started_at: from, completed_at: to }: Pick<ListedSession, 'started_at' | 'completed_at'>,
  now: number,
): number {
  return Math.max(0, (to ?? now) - from);
}

/** How many builds went on at the same time, on average; undefined where nothing was built. */
export function atOnce(buildS: number, makespanS: number): number | undefined {
  return buildS > 0 && makespanS > 0 ? buildS / makespanS : undefined;
}

/** Percent of builds that ended well among those that did or failed; undefined while there is none. */
export function successOf(built: number, failed: number): number | undefined {
  return built + failed === 0 ? undefined : (100 * built) / (built + failed);
}

/** How a session ended, in a word and its colour. */
export function outcomeOf({ status, failed_packages: failed }: Pick<ListedSession, 'status' | 'failed_packages'>): {
  readonly tone: string;
  readonly label: string;
} {
  if (status !== 'completed') return { tone: status, label: status };
  return failed === 0 ? { tone: 'completed', label: 'completed' } : { tone: 'blocked', label: `${failed} failed` };
}

/** Percent of the session in which its drones built, on average. */
export function meanUtilisation(drones: SessionDetail['figures']['drones']): number | undefined {
  if (drones.length === 0) return undefined;
  return drones.reduce((sum, { utilisation }) => sum + utilisation, 0) / drones.length;
}

/** `+12%`, `−3%`; empty where nothing was before. */
export function changeOf(from: number, to: number): string {
  if (from === 0) return '';
  const percent = Math.round((100 * (to - from)) / from);
  return percent > 0 ? `+${percent}%` : percent < 0 ? `−${-percent}%` : 'same';
}
