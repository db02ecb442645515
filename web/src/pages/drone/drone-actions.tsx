import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import type { Node } from '../../live/swarm-state.ts';
import { liveStore } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { tell } from '../../ui/toasts.tsx';

type Props = { readonly node: Node; readonly isGrounded: boolean };

/** What an operator can do to one drone. */
export function DroneActions({ node, isGrounded }: Props) {
  const confirm = useConfirm();
  const navigate = useNavigate();
  const [busy, setBusy] = useState<string>();
  const act = async (what: string, done: string, run: () => Promise<unknown>) => {
    setBusy(what);
    try {
      await run();
      liveStore.refresh();
      tell({ title: done });
      return true;
    } catch (error) {
      tell({ title: 'That did not work', text: error instanceof Error ? error.message : '', tone: 'danger' });
      return false;
    } finally {
      setBusy(undefined);
    }
  };
  const params = { id: node.id };
  const remove = async () => {
    const question = {
      title: `Remove ${node.name}?`,
      consequence: `It is forgotten here, and what it builds is needed again. Its history stays. ${node.online ? 'Since it is online it will register again with its next heartbeat: stop its service first.' : ''}`,
      deed: 'Remove',
      isDangerous: true,
    };
    if (!(await confirm(question))) return;
    if (await act('remove', `${node.name} is removed`, () => api.deleteNode({ params })))
      void navigate({ to: '/fleet' });
  };
  return (
    <>
      {node.paused ? (
        <Button
          deed
          busy={busy === 'resume'}
          onClick={() => void act('resume', `${node.name} gets work again`, () => api.resumeNode({ params }))}
        >
          Resume
        </Button>
      ) : (
        <Button
          deed
          busy={busy === 'pause'}
          onClick={() =>
            void act('pause', `${node.name} gets no more work; what it builds goes on`, () => api.pauseNode({ params }))
          }
        >
          Pause
        </Button>
      )}
      {isGrounded ? (
        <Button
          deed
          busy={busy === 'unground'}
          onClick={() =>
            void act('unground', `${node.name} may work again`, () =>
              api.control({ body: { action: 'unground', drone_id: node.id } }),
            )
          }
        >
          Unground
        </Button>
      ) : null}
      <Button deed look="danger" busy={busy === 'remove'} onClick={() => void remove()}>
        Remove
      </Button>
    </>
  );
}
