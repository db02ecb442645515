import { getRouteApi } from '@tanstack/react-router';
import type { KeyboardEvent } from 'react';
import { useSwarm } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { number } from '../../ui/format.ts';
import { Pill, toneOf } from '../../ui/pill.tsx';
import styles from './life.module.css';
import { Phases } from './phases.tsx';
import { STEPS, type Step } from './steps.tsx';

const here = getRouteApi('/architecture');
const FIRST = STEPS[0]?.id;

/** What becomes of a package, step by step, and how many of this swarm are at each. */
export function Life() {
  const { step = FIRST } = here.useSearch();
  const navigate = here.useNavigate();
  const amounts = useAmounts();
  const at = Math.max(
    0,
    STEPS.findIndex(({ id }) => id === step),
  );
  const go = (index: number) => {
    const next = STEPS[Math.min(STEPS.length - 1, Math.max(0, index))]?.id;
    const search = { step: next === FIRST ? undefined : next };
    void navigate({ search: (before) => ({ ...before, ...search }), replace: true, resetScroll: false });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    go(at + by);
    const tabs = event.currentTarget.parentElement?.querySelectorAll('button') ?? [];
    tabs[Math.min(STEPS.length - 1, Math.max(0, at + by))]?.focus();
  };
  const shown = STEPS[at];
  return (
    <Card title="The life of a package">
      <div className={styles['steps']} role="tablist" aria-label="Steps">
        {STEPS.map(({ id, title, state }, index) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`step-${id}`}
            aria-selected={index === at}
            aria-controls="step"
            tabIndex={index === at ? 0 : -1}
            className={styles['step']}
            style={{ ['--tone' as string]: toneOf(state) }}
            onClick={() => go(index)}
            onKeyDown={onKeyDown}
          >
            <span className={styles['dot']} aria-hidden="true" />
            <span className={styles['title']}>{title}</span>
            <span className={styles['amount']}>{amounts[id] === undefined ? '' : number(amounts[id])}</span>
          </button>
        ))}
      </div>
      {shown === undefined ? null : <Detail step={shown} />}
      <div className={styles['turn']}>
        <Button small disabled={at === 0} onClick={() => go(at - 1)}>
          Before that
        </Button>
        <Button small disabled={at === STEPS.length - 1} onClick={() => go(at + 1)}>
          After that
        </Button>
      </div>
    </Card>
  );
}

/** Packages at each step, where that is a number. */
function useAmounts(): Readonly<Record<string, number>> {
  const counts = useSwarm('counts');
  const ready = useSwarm('ready');
  const builds = useSwarm('builds');
  if (counts === undefined) return {};
  const uploading = [...builds.values()].filter(({ phase }) => phase === 'upload').length;
  return {
    asked: counts.total,
    waits: Math.max(0, counts.needed - ready),
    ready: Math.min(ready, counts.needed),
    granted: counts.delegated,
    built: Math.max(0, builds.size - uploading),
    shipped: uploading,
    received: counts.received,
  };
}

function Detail({ step }: { readonly step: Step }) {
  const { id, title, state, who, says, wire, see } = step;
  return (
    <div className={styles['detail']} role="tabpanel" id="step" aria-labelledby={`step-${id}`}>
      <div className={styles['words']}>
        <h3 className={styles['heading']}>{title}</h3>
        {says}
        {id === 'built' ? <Phases /> : null}
      </div>
      <dl className={styles['facts']}>
        <dt>Shown as</dt>
        <dd>
          <Pill state={state} />
        </dd>
        <dt>By</dt>
        <dd>{who}</dd>
        {wire === undefined ? null : (
          <>
            <dt>On the wire</dt>
            <dd className="mono">{wire}</dd>
          </>
        )}
        {see === undefined ? null : (
          <>
            <dt>See</dt>
            <dd>{see}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
