import type { z } from 'zod';
import type { events } from '../../contract/queue.ts';
import { duration, oneLine } from '../output/text.ts';

type Event = z.infer<(typeof events)['reply']>['events'][number];

/** An event as one line of a log without a terminal: when, since the demo began, and what. */
export function eventLine(event: Event, startedAtMs: number): string {
  return `  ${duration(event.timestamp * 1000 - startedAtMs).padStart(7)}  ${oneLine(sentence(event))}`;
}

function sentence({ type, message, details }: Event): string {
  const { drone, package: packageName, error } = details;
  if (type === 'assign' && typeof packageName === 'string') return `${packageName} given to ${String(drone)}`;
  // The first line says it; the others are an excerpt of the log.
  if (type === 'fail' && typeof error === 'string') return `${message}: ${error.split('\n', 1)[0]}`;
  return message;
}
