import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { CONTROL_ACTIONS, type ControlName } from './control-actions.ts';
import { useControl } from './use-control.ts';

type Props = { readonly action: ControlName; readonly small?: boolean };

/** A button that does one thing to the whole swarm. */
export function ActionButton({ action, small }: Props) {
  const control = useControl();
  const [isBusy, setBusy] = useState(false);
  const { label, isDangerous } = CONTROL_ACTIONS[action];
  const run = async () => {
    setBusy(true);
    await control(action);
    setBusy(false);
  };
  return (
    <Button
      deed
      small={small === true}
      busy={isBusy}
      look={isDangerous === true ? 'danger' : 'plain'}
      onClick={() => void run()}
    >
      {label}
    </Button>
  );
}
