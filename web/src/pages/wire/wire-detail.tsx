import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { api } from '../../api/api.ts';
import { PackageLink } from '../../swarm/package-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { bytes, moment } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import { type ExchangeDetail, latency, preciseClock, toneOfLatency, toneOfStatus, toneOfType } from './exchange.ts';
import { JsonText, prettyJson } from './json-text.tsx';
import styles from './wire-detail.module.css';

const PARTS = [
  { value: 'request', label: 'Request' },
  { value: 'response', label: 'Response' },
  { value: 'meta', label: 'Meta' },
] as const;

/** Where Escape means something else. */
const IN_USE = '[role$="dialog"], input:not([type=radio])';

type Props = {
  readonly id: number;
  readonly names: ReadonlyMap<string, string>;
  readonly onClose: () => void;
};

/** One exchange: what was asked, what was answered, and what is known about it. */
export function WireDetail({ id, names, onClose }: Props) {
  const [part, setPart] = useState<(typeof PARTS)[number]['value']>('request');
  const { data, error, refetch } = useQuery({
    queryKey: ['wire-detail', id],
    queryFn: ({ signal }) => api.protocolDetail({ query: { id } }, { signal }),
    // What was said does not change.
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isInField = event.target instanceof Element && event.target.closest(IN_USE) !== null;
      if (event.key === 'Escape' && !isInField && !event.defaultPrevented) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <aside className={styles['panel']} aria-label={`Exchange ${id}`}>
      <header className={styles['head']}>
        <div className={styles['title']}>
          <h2 className={styles['path']}>{data === undefined ? <Skeleton width="12rem" /> : titleOf(data)}</h2>
          {data === undefined ? null : <Figures exchange={data} />}
        </div>
        <Button look="ghost" small onClick={onClose} title="Close (Escape)">
          <Icon name="close" />
          <span className="visually-hidden">Close</span>
        </Button>
      </header>
      <div className={styles['parts']}>
        <Choice label="Part" options={PARTS} value={part} onChange={setPart} />
      </div>
      <div className={styles['body']}>
        {error !== null ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <Skeleton height="12rem" />
        ) : part === 'meta' ? (
          <Meta exchange={data} names={names} />
        ) : part === 'request' ? (
          <Body text={data.request_body} isCut={data.request_truncated} none="Nothing was sent along." />
        ) : (
          <Body text={data.response_body} isCut={data.response_truncated} none="No text was answered." />
        )}
      </div>
    </aside>
  );
}

function titleOf({ method, path, query }: ExchangeDetail): string {
  return `${method} ${path}${query === null || query === '' ? '' : `?${query}`}`;
}

function Figures({ exchange }: { readonly exchange: ExchangeDetail }) {
  const { msg_type: type, status_code: status, latency_ms: ms } = exchange;
  return (
    <p className={styles['figures']}>
      <span style={{ color: toneOfType(type) }}>{type}</span>
      <span style={{ color: toneOfStatus(status) }}>{status}</span>
      <span style={{ color: toneOfLatency(ms, type) }}>{latency(ms)}</span>
      <span className="dim">{preciseClock(exchange.timestamp)}</span>
    </p>
  );
}

type BodyProps = { readonly text: string | null; readonly isCut: boolean; readonly none: string };

function Body({ text, isCut, none }: BodyProps) {
  if (text === null || text === '') return <Empty title={none} />;
  const pretty = prettyJson(text);
  const shown = pretty ?? text;
  return (
    <>
      <div className={styles['tools']}>
        <span className="dim">{isCut ? 'Only the beginning was kept.' : pretty === undefined ? 'Text' : 'JSON'}</span>
        <Copy text={shown} />
      </div>
      {/* It scrolls: the keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles['json']} tabIndex={0}>
        {pretty === undefined ? text : <JsonText text={pretty} />}
      </pre>
    </>
  );
}

type MetaProps = { readonly exchange: ExchangeDetail; readonly names: ReadonlyMap<string, string> };

function Meta({ exchange, names }: MetaProps) {
  const { drone_id: drone, package: name, session_id: session } = exchange;
  const droneName = drone === null ? exchange.source_node : (names.get(drone) ?? exchange.source_node);
  const rows: readonly (readonly [string, ReactNode])[] = [
    ['Number', exchange.id],
    ['Over at', moment(exchange.timestamp)],
    ['Method', exchange.method],
    ['Path', exchange.path],
    ['Query', exchange.query],
    ['Type', exchange.msg_type],
    ['Status', `${exchange.status_code}${exchange.aborted ? ', the peer went away before the end' : ''}`],
    ['Took', latency(exchange.latency_ms)],
    ['Sent', exchange.request_bytes === null ? null : bytes(exchange.request_bytes)],
    ['Answered', bytes(exchange.content_length)],
    ['From', exchange.source_ip],
    ['Who asked', exchange.actor],
    ['Program', exchange.user_agent],
    [
      'Drone',
      droneName === null ? (
        drone
      ) : (
        <Link to="/fleet/$name" params={{ name: droneName }}>
          {droneName}
        </Link>
      ),
    ],
    ['Package', name === null ? null : <PackageLink atom={name.replace(/^=/, '')} />],
    ['Session', session],
    ['Asked', exchange.request_summary],
    ['Said', exchange.response_summary],
  ];
  return (
    <dl className={styles['meta']}>
      {rows.map(([label, value]) =>
        value === null || value === '' ? null : (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
