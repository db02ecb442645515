import type { EventHub, StoredEvent } from '../../app/ports.ts';
import type { Sample } from './registry.ts';

/** What happened since the program started, counted. */
export type EventCounts = {
  grants(): Sample[];
  completions(): Sample[];
  failures(): Sample[];
  events(): Sample[];
};

export function countEvents(hub: EventHub): EventCounts {
  const byType = new Map<string, number>();
  const failuresByClass = new Map<string, number>();
  let grants = 0;

  hub.subscribe((events) => {
    for (const event of events) {
      increase(byType, event.type, 1);
      if (event.type === 'assign') grants += countOf(event);
      // An event of this type without a status is the block that followed.
      if (event.type === 'fail' && 'status' in event.details) {
        const { class: name } = event.details;
        increase(failuresByClass, typeof name === 'string' ? name : 'unknown', 1);
      }
    }
  });

  return {
    grants: () => [{ value: grants }],
    completions: () => [{ value: byType.get('complete') ?? 0 }],
    failures: () => samples(failuresByClass, 'class'),
    events: () => samples(byType, 'type'),
  };
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function countOf({ details }: StoredEvent): number {
  const { count } = details;
  return typeof count === 'number' ? count : 1;
}

function samples(counts: ReadonlyMap<string, number>, label: string): Sample[] {
  return [...counts].map(([key, value]) => ({ labels: { [label]: key }, value }));
}
