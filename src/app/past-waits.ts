import { nameWaits } from './list-queue.ts';
import type { PastStates } from './past-states.ts';
import type { Plans } from './plans.ts';

/** Past states whose packages say what each waited for: the plan of a session never changes. */
export function pastWithWaits(pastStates: PastStates, plans: Plans): PastStates {
  return {
    ...pastStates,
    at: async (wish, signal) => {
      const state = await pastStates.at(wish, signal);
      if (!('status' in state) || state.queue === null) return state;
      const { queue } = state;
      const membersOf = async (session: string) => queue.filter(({ sessionId }) => sessionId === session);
      return { ...state, queue: await nameWaits(queue, plans, membersOf) };
    },
  };
}
