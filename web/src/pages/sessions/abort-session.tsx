import { useState } from 'react';
import { api } from '../../api/api.ts';
import { liveStore } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { count } from '../../ui/format.ts';
import { tell } from '../../ui/toasts.tsx';
import type { SessionDetail } from './session-figures.ts';

type Props = { readonly detail: SessionDetail; readonly onDone: () => void };

/** Ends a session before it is done, after saying what is lost by it. */
export function AbortSession({ detail: { session, counts }, onDone }: Props) {
  const confirm = useConfirm();
  const [isBusy, setBusy] = useState(false);
  const abort = async () => {
    const open = counts.needed + counts.delegated + counts.blocked;
    const builds = counts.delegated === 0 ? '' : `, and throws away ${count(counts.delegated, 'build')} under way`;
    const isSure = await confirm({
      title: `Abort ${session.name}?`,
      consequence: `This gives up ${count(open, 'package')}${builds}. What is received stays. It cannot be taken back.`,
      deed: 'Abort the session',
      isDangerous: true,
    });
    if (!isSure) return;
    setBusy(true);
    try {
      const { given_up: amount } = await api.abortSession({ params: { id: session.id } });
      liveStore.refresh();
      tell({ title: `${session.name} is aborted`, text: `${count(amount, 'package')} given up` });
      onDone();
    } catch (error) {
      tell({ title: 'It was not aborted', text: error instanceof Error ? error.message : '', tone: 'danger' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button deed look="danger" busy={isBusy} onClick={() => void abort()}>
      Abort
    </Button>
  );
}
