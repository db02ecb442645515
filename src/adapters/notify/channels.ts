import type { Channel } from '../../app/notify-ports.ts';
import { createMatrix } from './matrix.ts';
import { createNtfy } from './ntfy.ts';
import { createSendmail } from './sendmail.ts';
import { createWebhook } from './webhook.ts';

/** The ways by which people are told; null for those that are not used. */
export type ChannelOptions = {
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
  readonly ntfy: { readonly url: string; readonly token: string | null } | null;
  readonly matrix: { readonly url: string } | null;
  readonly email: { readonly to: readonly string[]; readonly from: string | null; readonly sendmail: string } | null;
};

type World = { readonly version: string; readonly now: () => number };

/** Those that have an address. */
export function openChannels({ webhook, ntfy, matrix, email }: ChannelOptions, { version, now }: World): Channel[] {
  return [
    ...(webhook === null ? [] : [createWebhook({ ...webhook, version, now })]),
    ...(ntfy === null ? [] : [createNtfy(ntfy)]),
    ...(matrix === null ? [] : [createMatrix(matrix)]),
    ...(email === null ? [] : [createSendmail({ ...email, program: email.sendmail, now })]),
  ];
}
