import { Choice } from '../ui/toolbar.tsx';
import { hoursOf, RANGES, type RangeSearch, type TimeRange } from './time-range.ts';

const OPTIONS = RANGES.map((value) => ({ value, label: `${hoursOf(value)} h` }));

type Props = { readonly value: TimeRange; readonly onChange: (search: RangeSearch) => void };

/** How far back the curves of a page go. */
export function RangeChoice({ value, onChange }: Props) {
  return (
    <Choice
      label="How far back"
      options={OPTIONS}
      value={value}
      onChange={(range) => onChange({ range: range === '1h' ? undefined : range })}
    />
  );
}
