import { useQuery } from '@tanstack/react-query';
import { api, type Reply } from '../api/api.ts';

export type Explained = Extract<Reply<'explain'>, { kind: 'package' }>;

type Wish = {
  /** Its name, with or without version, or the number of its row. */
  readonly package: string;
  readonly session?: string | undefined;
  /** Asked again when this is another. */
  readonly version?: unknown;
  /** Nothing is asked for. */
  readonly isOff?: boolean;
};

/** Why a package is where it is. */
export function useExplanation({ package: name, session, version, isOff }: Wish) {
  return useQuery({
    enabled: isOff !== true,
    queryKey: ['explain', name, session, version],
    queryFn: async ({ signal }): Promise<Explained> => {
      const found = await api.explain({ query: { package: name, session } }, { signal });
      if (found.kind !== 'package') throw new TypeError(`${name} is explained as a drone`);
      return found;
    },
    // What was said before stands until the answer is there.
    placeholderData: (before) => before,
    refetchInterval: 30_000,
    retry: false,
  });
}
