import { join } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import type { AccessUseCases } from '../http/use-cases.ts';
import { ADMIN_TOKEN_FILE } from '../platform/paths.ts';
import { writeWhole } from '../platform/whole-file.ts';

/**
 * Sees to it that somebody can use the control plane: where there is no admin, makes one and puts its token
 * into the data directory, for its owner only (mode 0600).
 * @throws SwarmError DIRECTORY_UNUSABLE
 */
export async function ensureAdminToken({ createFirstAdmin }: AccessUseCases, dataDir: string): Promise<void> {
  await createFirstAdmin(async (token) => {
    try {
      await writeWhole(join(dataDir, ADMIN_TOKEN_FILE), `${token}\n`);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SwarmError('DIRECTORY_UNUSABLE', `cannot keep the admin token: ${reason}`, { cause });
    }
  });
}
