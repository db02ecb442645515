import { PackageLink } from '../../swarm/package-link.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { bytes } from '../../ui/format.ts';
import {
  type Exchange,
  latency,
  preciseClock,
  sourceOf,
  summaryOf,
  toneOfLatency,
  toneOfStatus,
  toneOfType,
} from './exchange.ts';
import styles from './wire.module.css';

/** The columns of the table. `names` are those of drones, by their ids. */
export function wireColumns(names: ReadonlyMap<string, string>): readonly TableColumn<Exchange>[] {
  return [
    {
      ...{ id: 'id', title: 'No.', width: '4.5rem', align: 'right', isExtra: 'first' },
      cell: ({ id }) => <span className="dim">{id}</span>,
    },
    {
      ...{ id: 'time', title: 'Time', width: '6rem' },
      cell: ({ timestamp }) => <span className={styles['time']}>{preciseClock(timestamp)}</span>,
    },
    {
      ...{ id: 'source', title: 'From', width: 'minmax(4rem, 7rem)', isExtra: true },
      cell: (exchange) => sourceOf(exchange, names),
    },
    {
      ...{ id: 'type', title: 'Type', width: 'minmax(5.25rem, 8.5rem)' },
      cell: ({ msg_type: type, method }) => (
        <span className={styles['type']} style={{ ['--tone' as string]: toneOfType(type) }}>
          <span aria-hidden="true">{method === 'GET' ? '←' : '→'}</span> {type}
        </span>
      ),
    },
    {
      ...{ id: 'what', title: 'What', width: 'minmax(7rem, 1.6fr)', isExtra: true },
      cell: (exchange) => <span title={summaryOf(exchange, names)}>{summaryOf(exchange, names)}</span>,
    },
    {
      ...{ id: 'package', title: 'Package', width: 'minmax(7rem, 1fr)', isExtra: true },
      cell: ({ package: name }) => (name === null ? '' : <PackageLink atom={name.replace(/^=/, '')} />),
    },
    {
      ...{ id: 'status', title: 'Status', width: '3.25rem', align: 'right' },
      cell: ({ status_code: status, aborted }) => (
        <span style={{ color: toneOfStatus(status) }} title={aborted ? 'The peer went away before the end' : undefined}>
          {status}
          {aborted ? '!' : ''}
        </span>
      ),
    },
    {
      ...{ id: 'sizes', title: 'Sent / answered', width: '9rem', align: 'right', isExtra: 'first' },
      cell: ({ request_bytes: sent, content_length: answered }) => (
        <span className="dim">
          {sent === null ? '–' : bytes(sent)} / {bytes(answered)}
        </span>
      ),
    },
    {
      ...{ id: 'latency', title: 'Took', width: '4rem', align: 'right' },
      cell: ({ latency_ms: ms, msg_type: type }) => (
        <span style={{ color: toneOfLatency(ms, type) }}>{latency(ms)}</span>
      ),
    },
  ];
}
