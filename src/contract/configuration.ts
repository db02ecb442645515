import { z } from 'zod';
import { endpoint } from './endpoint.ts';

export const configuration = endpoint({
  method: 'GET',
  path: '/api/v1/settings',
  access: 'admin',
  tag: 'operations',
  summary:
    'Every setting of the control plane as it was at its start: its value, where that comes from, and what it is for. Secrets are never shown.',
  reply: z.object({
    file: z.string().nullable().describe('The configuration file that was read; null for none.'),
    settings: z
      .array(
        z.object({
          name: z.string().describe('Its name: that of the environment variable.'),
          key: z.string().describe('Its key in the configuration file.'),
          chapter: z.string().describe('What it belongs to.'),
          value: z
            .string()
            .nullable()
            .describe('Its value, as it would be written; asterisks for a secret, null for none.'),
          unit: z.string().nullable().describe('Unit of the value; null where it has none.'),
          source: z.enum(['flag', 'environment', 'file', 'default']).describe('Where the value comes from.'),
          source_text: z.string().describe('The same in words: which flag, which variable, which file.'),
          default: z.string().describe('Its default, in words.'),
          range: z.string().describe('What it must be.'),
          flag: z.string().nullable().describe('The flag of `serve` that sets it; null for none.'),
          read_by: z
            .enum(['server', 'client', 'nobody'])
            .describe('Who reads it: the control plane, other commands, or nobody any more.'),
          secret: z.boolean().describe('Whether its value is never shown.'),
          why: z.string().describe('What it is for.'),
        }),
      )
      .describe('The settings, in the order of the reference.'),
  }),
});
