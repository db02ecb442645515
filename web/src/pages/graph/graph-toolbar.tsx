import type { Reply } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { number } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import { FindBox } from './find-box.tsx';
import { type GraphSearch, type Order, SIDES, type View } from './graph-search.ts';
import type { PlanNode } from './plan-model.ts';
import styles from './toolbar.module.css';

type Props = {
  readonly search: GraphSearch;
  readonly sessions: Reply<'sessions'>['sessions'];
  readonly session: string | undefined;
  readonly nodes: readonly PlanNode[];
  readonly view: View;
  readonly order: Order;
  /** How many are finished and shown although such are folded away: they finished since. */
  readonly unfolded: number;
  readonly onFoldMore: () => void;
  readonly onPick: (cpv: string) => void;
  readonly onChange: (change: GraphSearch) => void;
};

const SIDE_NAMES = { both: 'what it needs and what needs it', needs: 'what it needs', users: 'what needs it' } as const;
const REACHES = [1, 2, 3] as const;

/** What of the plan is shown, and how. */
export function GraphToolbar(props: Props) {
  const { search, sessions, session, nodes, view, order, onPick, onChange } = props;
  return (
    <div className={styles['toolbar']} role="search" aria-label="What is shown">
      {sessions.length > 1 ? (
        <label className={styles['select']}>
          <span>Session</span>
          <select
            value={session ?? ''}
            onChange={(event) => onChange({ session: event.target.value, at: undefined, focus: undefined })}
          >
            {sessions.map(({ id, name, status }) => (
              <option key={id} value={id}>
                {status === 'active' ? name : `${name} (${status})`}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <FindBox nodes={nodes} onPick={onPick} />
      <Choice<View>
        label="View"
        value={view}
        options={[
          { value: 'graph', label: 'Graph' },
          { value: 'path', label: 'Critical path' },
        ]}
        onChange={(value) => onChange({ view: value })}
      />
      {view === 'path' ? null : (
        <>
          <Choice<Order>
            label="Layout"
            value={order}
            options={[
              { value: 'levels', label: 'Levels' },
              { value: 'flow', label: 'Flow' },
            ]}
            onChange={(value) => onChange({ order: value })}
          />
          <Fold {...props} />
          <label
            className={styles['toggle']}
            title="An edge that follows from others is left out unless you ask for it"
          >
            <input
              type="checkbox"
              checked={search.implied === true}
              onChange={(event) => onChange({ implied: event.target.checked ? true : undefined })}
            />
            Implied edges
          </label>
          <Around search={search} onChange={onChange} />
        </>
      )}
    </div>
  );
}

function Fold({ search, unfolded, onFoldMore, onChange }: Props) {
  return (
    <span className={styles['toggles']}>
      <label className={styles['toggle']}>
        <input
          type="checkbox"
          checked={search.fold === true}
          onChange={(event) => onChange({ fold: event.target.checked ? true : undefined })}
        />
        Fold finished
      </label>
      {search.fold === true && unfolded > 0 ? (
        <Button small onClick={onFoldMore}>
          Fold {number(unfolded)} more
        </Button>
      ) : null}
    </span>
  );
}

function Around({ search, onChange }: Pick<Props, 'search' | 'onChange'>) {
  const { focus, side = 'both', reach } = search;
  if (focus === undefined) return null;
  return (
    <span className={styles['around']} role="group" aria-label="Around a package">
      <span className={styles['chip']}>
        Around <b>{focus.replace(/^[^/]*\//, '')}</b>
        <Button
          look="ghost"
          small
          aria-label="Show all packages again"
          title="Show all packages again (Escape)"
          onClick={() => onChange({ focus: undefined, side: undefined, reach: undefined })}
        >
          <Icon name="close" size={12} />
        </Button>
      </span>
      <label className={styles['select']}>
        <span className="visually-hidden">Which side</span>
        <select
          value={side}
          onChange={(event) => onChange({ side: SIDES.find((each) => each === event.target.value && each !== 'both') })}
        >
          {SIDES.map((each) => (
            <option key={each} value={each}>
              {SIDE_NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      <label className={styles['select']}>
        <span className="visually-hidden">How far</span>
        <select value={reach ?? ''} onChange={(event) => onChange({ reach: Number(event.target.value) || undefined })}>
          <option value="">however far</option>
          {REACHES.map((each) => (
            <option key={each} value={each}>
              {each} {each === 1 ? 'step' : 'steps'}
            </option>
          ))}
        </select>
      </label>
    </span>
  );
}
