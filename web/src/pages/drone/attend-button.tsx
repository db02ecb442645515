import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { tell } from '../../ui/toasts.tsx';

type Props = { readonly id: string; readonly name: string; readonly small?: boolean };

/** Somebody takes a drone into his own hands: what is done about it by itself ends. */
export function AttendButton({ id, name, small }: Props) {
  const confirm = useConfirm();
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const attend = async () => {
    const question = {
      title: `Will you see to ${name}?`,
      consequence: `This escalation ends: in its course ${name} is probed, restarted and rebooted no more. A new one begins only when the drone was well in between; pause it to keep everybody else's hands off it for longer.`,
      deed: 'I see to it',
    };
    if (!(await confirm(question))) return;
    setBusy(true);
    try {
      await api.closeEscalation({ params: { id } });
      tell({ title: `${name} is left to you` });
    } catch (error) {
      tell({ title: 'That did not work', text: error instanceof Error ? error.message : '', tone: 'danger' });
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: ['escalations'] });
    }
  };
  return (
    <Button deed small={small === true} busy={isBusy} aria-label={`I see to it: ${name}`} onClick={() => void attend()}>
      I see to it
    </Button>
  );
}
