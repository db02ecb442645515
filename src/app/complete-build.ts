import { type CompletionReport, decideCompletion } from '../core/completion.ts';
import type { AttemptId, DroneId } from '../core/ids.ts';
import type { CompletionView } from '../core/view.ts';
import type { Deps } from './deps.ts';
import type { Publisher } from './publish.ts';
import { fitsIn } from './reuse.ts';

export type Completion = CompletionReport & { readonly droneId: DroneId; readonly attempt: AttemptId | null };
export type CompletionReply = {
  readonly accepted: boolean;
  readonly isStale: boolean;
  readonly state: string;
  readonly reason: string;
};

/** A decision made on a view that changed meanwhile is made again; more often than this is a defect. */
const MAX_TRIES = 5;

/**
 * Take a drone's report. A success is answered only when its package is in the index, so that whoever
 * is handed a dependent next can install it.
 */
export function completeBuild(deps: Pick<Deps, 'store' | 'hub' | 'clock' | 'policy'> & { publisher: Publisher }) {
  return async (completion: Completion): Promise<CompletionReply> => {
    const { store, hub, clock, policy, publisher } = deps;
    await store.touch(completion.droneId, clock.now());
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const now = clock.now();
      const view = await withFittingTwins(store, await store.readCompletionView(completion));
      const { changes, ...reply } = decideCompletion(view, completion, policy, now);
      const applied = await store.apply(changes);
      if (!applied) continue;
      if (reply.accepted) await publisher.publish();
      hub.announce(applied.events);
      return reply;
    }
    throw new Error(`the state of ${completion.package} kept changing under a report`);
  };
}

/** Another session may have planned the same version with other USE flags: it takes no binary but its own. */
async function withFittingTwins(store: Deps['store'], view: CompletionView): Promise<CompletionView> {
  const made = view.attempt && view.twins.length > 0 ? await store.readArtifact(view.attempt.id) : undefined;
  if (!made) return view;
  const twins: CompletionView['twins'][number][] = [];
  for (const twin of view.twins) {
    const plan = twin.isPlanned && twin.sessionId !== null ? await store.readPlan(twin.sessionId) : undefined;
    if (!plan || fitsIn(plan)(made)) twins.push(twin);
  }
  return { ...view, twins };
}
