import { normaliseAtom } from '../../portage/normalise-atom.ts';
import { type Fitted, shown, type UpgradeContext } from './upgrade-rows.ts';
import { countOf, integerOf, numberOf, type OldRow, textOf } from './upgrade-values.ts';

const STATES: readonly unknown[] = ['needed', 'delegated', 'received', 'blocked', 'failed'];

/**
 * A wish of the queue, as it can stand by itself. Whoever held a package that nobody knows any more has
 * lost it; what is still to be built must be an atom, since it goes to emerge as root.
 */
export function fitQueueRow(old: OldRow, { nodeNames, sessionIds, now }: UpgradeContext): Fitted {
  if (!STATES.includes(old['status'])) return { reason: `its status ${shown(old['status'])} is unknown` };
  const holder = textOf(old['assigned_to']);
  const assignedTo = holder !== null && nodeNames.has(holder) ? holder : null;
  const status = old['status'] === 'delegated' && assignedTo === null ? 'needed' : String(old['status']);
  const named = nameOf(old['package'], status);
  if ('reason' in named) return named;
  const createdAt = numberOf(old['created_at']) ?? numberOf(old['assigned_at']) ?? now;
  const assignedAt = numberOf(old['assigned_at']);
  const session = textOf(old['session_id']);
  return {
    row: {
      id: integerOf(old['id']),
      package: named.name,
      status,
      assigned_to: status === 'needed' ? null : assignedTo,
      assigned_at: status === 'needed' ? null : status === 'delegated' ? (assignedAt ?? now) : assignedAt,
      completed_at: status === 'received' ? (numberOf(old['completed_at']) ?? assignedAt ?? createdAt) : null,
      failure_count: countOf(old['failure_count']),
      error_message: textOf(old['error_message']),
      session_id: session !== null && sessionIds.has(session) ? session : null,
      created_at: createdAt,
    },
  };
}

function nameOf(value: unknown, status: string): { readonly name: string } | { readonly reason: string } {
  const text = textOf(value) ?? '';
  if (text === '') return { reason: 'it names no package' };
  if (status === 'received') return { name: text };
  const atom = normaliseAtom(text);
  if ('problem' in atom) return { reason: atom.problem };
  // An old agent reports a package by the very text that it was given.
  return { name: status === 'delegated' ? text : atom.ok };
}

export type Collapsed = {
  readonly rows: readonly OldRow[];
  /** Row number → number of the row that stands for it. */
  readonly duplicates: ReadonlyMap<unknown, unknown>;
};

/**
 * Of several wishes for one package in one session the oldest stays. When a younger one is being built,
 * the oldest takes over who builds it, so that this build still counts.
 */
export function collapseLive(rows: readonly OldRow[]): Collapsed {
  const kept = new Map<string, OldRow>();
  const duplicates = new Map<unknown, unknown>();
  for (const row of rows.toSorted((a, b) => Number(a['id']) - Number(b['id']))) {
    const key = JSON.stringify([row['session_id'], row['package']]);
    const older = kept.get(key);
    if (older === undefined) {
      kept.set(key, row);
      continue;
    }
    duplicates.set(row['id'], older['id']);
    if (older['status'] === 'needed' && row['status'] === 'delegated') kept.set(key, takeOver(older, row));
  }
  return { rows: [...kept.values()], duplicates };
}

function takeOver(older: OldRow, { status, assigned_to, assigned_at }: OldRow): OldRow {
  return { ...older, status, assigned_to, assigned_at };
}
