import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { number } from '../../ui/format.ts';
import { Choice, SearchField } from '../../ui/toolbar.tsx';
import styles from './wire.module.css';
import { isFiltered, type WireSearch } from './wire-search.ts';

const ENDINGS = [
  { value: 'all', label: 'All' },
  { value: 'ok', label: 'Done' },
  { value: '4xx', label: 'Refused' },
  { value: '5xx', label: 'Failed' },
] as const;

type Props = {
  readonly search: WireSearch;
  /** Names of the known drones. */
  readonly drones: readonly string[];
  /** Types that the log has, with how many of each. */
  readonly types: ReadonlyMap<string, number>;
  readonly onChange: (change: WireSearch) => void;
  readonly onClear: () => void;
};

/** Which exchanges are shown. */
export function WireFilters({ search, drones, types, onChange, onClear }: Props) {
  const { type, drone, session, status = 'all' } = search;
  const { data } = useQuery({ queryKey: ['sessions'], queryFn: () => api.sessions(), refetchInterval: 60_000 });
  const sessions = data?.sessions ?? [];
  const known = ENDINGS.find(({ value }) => value === status);
  const endings = known === undefined ? [...ENDINGS, { value: status, label: status }] : ENDINGS;
  return (
    <div className={styles['filters']} role="search" aria-label="Filters">
      <SearchField
        label="Package"
        value={search.package ?? ''}
        onChange={(value) => onChange({ package: value || undefined })}
      />
      <Choice<string>
        label="How it ended"
        options={endings}
        value={status}
        onChange={(value) => onChange({ status: value === 'all' ? undefined : value })}
      />
      <Select label="Type" value={type} onChange={(value) => onChange({ type: value })}>
        {withChosen([...types.keys()], type).map((each) => (
          <option key={each} value={each}>
            {each}
            {types.has(each) ? ` (${number(types.get(each) ?? 0)})` : ''}
          </option>
        ))}
      </Select>
      <Select label="Drone" value={drone} onChange={(value) => onChange({ drone: value })}>
        {withChosen(drones, drone).map((each) => (
          <option key={each}>{each}</option>
        ))}
      </Select>
      <Select label="Session" value={session} onChange={(value) => onChange({ session: value })}>
        {withChosen(
          sessions.map(({ id }) => id),
          session,
        ).map((each) => (
          <option key={each} value={each}>
            {sessions.find(({ id }) => id === each)?.name ?? each}
          </option>
        ))}
      </Select>
      <Latency key={search.latency} value={search.latency} onChange={(latency) => onChange({ latency })} />
      <Button small look="ghost" disabled={!isFiltered(search)} onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}

/** What the address asks for is among the choices, known or not. */
function withChosen(values: readonly string[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || values.includes(chosen) ? values : [...values, chosen];
}

type SelectProps = {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly children: ReactNode;
};

function Select({ label, value, onChange, children }: SelectProps) {
  return (
    <label className={styles['select']}>
      <span>{label}</span>
      <select
        value={value ?? ''}
        data-chosen={value !== undefined}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">any</option>
        {children}
      </select>
    </label>
  );
}

type LatencyProps = { readonly value: number | undefined; readonly onChange: (value: number | undefined) => void };

/** Counts when somebody is through with writing. */
function Latency({ value, onChange }: LatencyProps) {
  const [text, setText] = useState(value === undefined ? '' : String(value));
  const keep = () => onChange(Number(text) > 0 ? Number(text) : undefined);
  return (
    <label className={styles['select']}>
      <span>Took from</span>
      <input
        className={styles['latency']}
        type="number"
        min={0}
        inputMode="numeric"
        placeholder="0"
        value={text}
        data-chosen={value !== undefined}
        onChange={(event) => setText(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => (event.key === 'Enter' ? keep() : undefined)}
      />
      ms
    </label>
  );
}
