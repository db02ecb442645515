import { type FormEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import type { Node } from '../../live/swarm-state.ts';
import { liveStore } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { tell } from '../../ui/toasts.tsx';
import styles from './drone.module.css';

/** What a drone may take, as an operator says. */
export function DroneSettings({ node }: { readonly node: Node }) {
  const [limit, setLimit] = useState(node.cores_limit === null ? '' : String(node.cores_limit));
  const [labels, setLabels] = useState(node.labels.join(', '));
  const [isBusy, setBusy] = useState(false);
  const problem =
    limit !== '' && !/^[1-9]\d{0,4}$/.test(limit.trim()) ? 'A whole number, or nothing for all of them' : undefined;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api.nodeSettings({
        params: { id: node.id },
        body: {
          cores_limit: limit.trim() === '' ? null : Number(limit),
          labels: labels.split(/[\s,]+/).filter((label) => label !== ''),
        },
      });
      liveStore.refresh();
      tell({ title: `Settings of ${node.name} are kept` });
    } catch (error) {
      tell({ title: 'They were not kept', text: error instanceof Error ? error.message : '', tone: 'danger' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title="Settings">
      <form className={styles['form']} onSubmit={(event) => void save(event)}>
        <label className={styles['field']}>
          Cores that it may use
          <input
            inputMode="numeric"
            placeholder={`all ${node.cores ?? ''}`}
            value={limit}
            aria-invalid={problem !== undefined}
            onChange={(event) => setLimit(event.target.value)}
          />
          {problem}
        </label>
        <label className={styles['field']}>
          Labels
          <input placeholder="big, ssd" value={labels} onChange={(event) => setLabels(event.target.value)} />
          Packages that ask for labels go only to drones that have all of them.
        </label>
        <div>
          <Button deed type="submit" busy={isBusy} disabled={problem !== undefined}>
            Keep
          </Button>
        </div>
      </form>
    </Card>
  );
}
