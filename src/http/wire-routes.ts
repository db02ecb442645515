import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { WireFilter } from '../app/wire-ports.ts';
import { api } from '../contract/api.ts';
import type { WireQuery } from '../contract/wire.ts';
import { route, type Wire } from './route.ts';
import type { HttpOptions } from './use-cases.ts';

const MEDIA_TYPES = { har: 'application/json; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' } as const;

/** What can be asked about the protocol log. */
export function registerWireRoutes(app: FastifyInstance, { useCases, version }: HttpOptions): void {
  const { wire } = useCases;

  route(app, api.protocol, async ({ query }, { reply }) => {
    const text = await wire.list(filterOf(query), { limit: query.limit, order: query.order });
    return reply.type('application/json; charset=utf-8').send(text);
  });

  route(app, api.protocolDetail, async ({ query }) => wire.detail(query.id ?? 0));

  route(app, api.protocolStats, async ({ query }) => {
    const { by_type, by_drone, ...counts } = await wire.stats(query.since, query.drones);
    return { ...counts, by_type: [...by_type], ...(by_drone === undefined ? {} : { by_drone: [...by_drone] }) };
  });

  route(app, api.protocolDensity, async ({ query: { start, end, buckets, type, min_latency: minLatencyMs } }) =>
    wire.density({ start, end, buckets, type, minLatencyMs }),
  );

  route(app, api.protocolExport, async ({ query }, { request, reply }) => {
    const pieces = wire.exportAll(filterOf(query), query.format, { baseUrl: addressOf(request), version });
    // Asked for before the answer begins, so that a log that cannot be read is an error and no cut file.
    const first = await pieces.next();
    return reply
      .type(MEDIA_TYPES[query.format])
      .header('content-disposition', `attachment; filename="protocol.${query.format}"`)
      .send(Readable.from(follow(first, pieces), { objectMode: false }));
  });
}

async function* follow(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (!first.done) yield first.value;
  yield* rest;
}

/** How this client names us, for addresses in a file. */
function addressOf(request: Wire['request']): string {
  return `${request.protocol}://${request.host}`;
}

function filterOf(query: WireQuery): WireFilter {
  const { since, before, type, drone, method, status, path, since_time, until, min_latency, session } = query;
  return {
    since,
    before,
    type,
    drone,
    package: query.package,
    method,
    status,
    minStatus: query.min_status,
    maxStatus: query.max_status,
    session,
    path,
    sinceTime: since_time,
    untilTime: until,
    minLatencyMs: min_latency,
  };
}
