import { duration } from '../../ui/format.ts';
import { toneOf } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './care.module.css';
import type { Escalation } from './use-escalations.ts';

type Step = Escalation['steps'][number];

const NAMES: Readonly<Record<Step['step'], string>> = {
  probe: 'Probed',
  restart: 'Service restarted',
  'hard-restart': 'Agent killed and started',
  reboot: 'Rebooted',
  ask: 'A person was asked',
};
const RUNNING: Readonly<Record<Step['step'], string>> = {
  ...{ probe: 'Probing', restart: 'Restarting its service', reboot: 'Rebooting', ask: 'Asking a person' },
  'hard-restart': 'Killing and starting its agent',
};
/** Probes follow each other; the last ones tell the most. */
const SHOWN = 12;

/** What was done about a drone, as it followed. */
export function CareSteps({ steps }: { readonly steps: readonly Step[] }) {
  if (steps.length === 0) return <p className="dim">Nothing was done yet.</p>;
  const shown = steps.slice(-SHOWN);
  return (
    <>
      {steps.length > shown.length ? <p className="dim">{steps.length - shown.length} earlier steps</p> : null}
      <ol className={styles['steps']} aria-label="Steps, oldest first">
        {shown.map((step) => (
          <li key={`${step.step} ${step.started_at}`} style={{ ['--tone' as string]: toneOf(stateOf(step)) }}>
            <p className={styles['line']}>
              <span className={styles['step']}>{nameOf(step)}</span>
              <span className={styles['when']}>
                {step.ended_at === null || step.step === 'ask' ? null : (
                  <span>{duration(step.ended_at - step.started_at)}</span>
                )}
                <Time at={step.started_at} />
              </span>
            </p>
            <p className={styles['result']}>{step.says ?? step.because}</p>
            {factsOf(step).length === 0 ? null : <p className={styles['result']}>{factsOf(step).join(' · ')}</p>}
          </li>
        ))}
      </ol>
    </>
  );
}

function nameOf({ step, outcome }: Step): string {
  if (outcome === null) return RUNNING[step];
  if (outcome === 'done') return NAMES[step];
  const what = `${RUNNING[step]} `;
  return what + (outcome === 'failed' ? 'failed' : 'was interrupted');
}

function stateOf({ step, outcome, probe }: Step): string {
  if (outcome === null) return 'building';
  if (outcome !== 'done') return outcome === 'failed' ? 'failed' : 'offline';
  if (step === 'ask') return 'blocked';
  return probe !== null && probe.status !== 'ok' ? 'blocked' : 'received';
}

/** What a probe measured, in a few words. */
function factsOf({ probe }: Step): readonly string[] {
  if (probe === null) return [];
  return [
    probe.load === null ? '' : `load ${probe.load.toFixed(1)}${probe.cores === null ? '' : ` on ${probe.cores} cores`}`,
    probe.memory_free_mb === null ? '' : `${Math.round(probe.memory_free_mb)} MB of memory free`,
    probe.disk_percent === null ? '' : `disk ${probe.disk_percent}% full`,
    probe.service === null ? '' : `service ${probe.service}`,
    probe.uptime_s === null ? '' : `up ${duration(probe.uptime_s)}`,
  ].filter((text) => text !== '');
}
