import { authenticate } from '../app/authenticate.ts';
import type { Deps } from '../app/deps.ts';
import { createFirstAdmin, createToken, enrolDrone, listTokens, revokeToken } from '../app/manage-credentials.ts';
import type { AccessUseCases } from '../http/use-cases.ts';

/** The use cases of tokens. */
export function wireAccess(deps: Pick<Deps, 'credentials' | 'clock' | 'hub'>): AccessUseCases {
  return {
    authenticate: authenticate(deps),
    createToken: createToken(deps),
    listTokens: listTokens(deps),
    revokeToken: revokeToken(deps),
    enrolDrone: enrolDrone(deps),
    createFirstAdmin: createFirstAdmin(deps),
  };
}
