import { authorization, pathOf } from '../../api/api.ts';
import { readToken } from '../../api/token.ts';
import type { WireQuery } from './wire-search.ts';

export type ExportFormat = 'har' | 'ndjson';

/**
 * Saves what fits as a file. Where no token is needed the browser takes it as it comes; with a token it has to be whole
 * here first. Throws with what the control plane said.
 */
export async function exportWire(query: WireQuery, format: ExportFormat): Promise<void> {
  const path = pathOf('protocolExport', { query: { ...query, format } });
  const name = `wire.${format}`;
  if (readToken() === undefined) return save(path, name);
  const response = await fetch(path, { headers: authorization() });
  if (!response.ok) throw new Error(`The control plane answered ${response.status}: ${await response.text()}`);
  const address = URL.createObjectURL(await response.blob());
  save(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function save(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
