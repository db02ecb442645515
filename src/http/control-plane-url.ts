import type { FastifyRequest } from 'fastify';

/** A host name, an IPv4 address or an IPv6 address in brackets, with or without a port. */
const HOST = /^(?:([A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?)|\[([0-9a-fA-F:.]{2,45})\])(?::\d{1,5})?$/;

/**
 * The address of this control plane for a drone on `target`: what the operator set, else what he used
 * himself. Null when that means us only on this machine, and the drone is on another.
 */
export function controlPlaneUrl(
  { protocol, headers }: Pick<FastifyRequest, 'protocol' | 'headers'>,
  { reportIp, port, target }: { reportIp: string | undefined; port: number; target: string },
): string | null {
  if (reportIp !== undefined) return `${protocol}://${reportIp.includes(':') ? `[${reportIp}]` : reportIp}:${port}`;
  const [host, name, ipv6] = HOST.exec(headers.host ?? '') ?? [];
  if (host === undefined || (isLoopback(name ?? ipv6 ?? '') && !isLoopback(target))) return null;
  return `${protocol}://${host}`;
}

function isLoopback(address: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|0(\.0){3}|::1?|::ffff:127(\.\d+){3})$/i.test(address);
}
