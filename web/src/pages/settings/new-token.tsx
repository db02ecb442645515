import { type FormEvent, useState } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { tell } from '../../ui/toasts.tsx';
import styles from './settings.module.css';

type Issued = Reply<'createToken'>;
type Role = Issued['role'];

const ROLES: Readonly<Record<Role, string>> = {
  viewer: 'may look at everything',
  operator: 'runs the swarm: queue, control, drones, data',
  admin: 'may do everything, tokens included',
  join: 'makes machines drones; each gets a token of its own',
  drone: 'speaks for one drone, and replaces the token it had',
};

const DAY_S = 86_400;
const LIFETIMES = [
  { label: 'never', seconds: undefined },
  { label: 'in an hour', seconds: 3_600 },
  { label: 'in a day', seconds: DAY_S },
  { label: 'in 30 days', seconds: 30 * DAY_S },
  { label: 'in a year', seconds: 365 * DAY_S },
] as const;

/** Makes a token; its secret is shown once, until somebody says that it is kept. */
export function NewToken({ onMade }: { readonly onMade: () => void }) {
  const [role, setRole] = useState<Role>('viewer');
  const [name, setName] = useState('');
  const [lifetime, setLifetime] = useState(0);
  const [uses, setUses] = useState('1');
  const [drone, setDrone] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [issued, setIssued] = useState<Issued>();
  const nodes = useSwarm('nodes');
  const isReady = name.trim() !== '' && (role !== 'drone' || drone !== '') && (role !== 'join' || Number(uses) >= 1);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    setBusy(true);
    try {
      const seconds = LIFETIMES[lifetime]?.seconds;
      const made = await api.createToken({
        body: {
          ...{ role, name: name.trim() },
          ...(seconds === undefined ? {} : { expires_in_s: seconds }),
          ...(role === 'join' ? { uses: Number(uses) } : {}),
          ...(role === 'drone' ? { drone_id: drone } : {}),
        },
      });
      setIssued(made);
      setName('');
      onMade();
    } catch (error) {
      tell({ title: 'No token was made', text: error instanceof Error ? error.message : '', tone: 'danger' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title="A new token">
      <form className={styles['form']} onSubmit={(event) => void submit(event)}>
        <label>
          Role
          <select value={role} onChange={(event) => setRole(roleIn(event.target.value))}>
            {Object.keys(ROLES).map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          Its holder
          <input
            placeholder="name for the audit trail"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label>
          Ends
          <select value={lifetime} onChange={(event) => setLifetime(Number(event.target.value))}>
            {LIFETIMES.map(({ label }, index) => (
              <option key={label} value={index}>
                {role === 'join' && index === 0 ? 'in a day, as join tokens do' : label}
              </option>
            ))}
          </select>
        </label>
        {role === 'join' ? (
          <label>
            Drones that it enrols
            <input
              inputMode="numeric"
              value={uses}
              onChange={(event) => setUses(event.target.value.replaceAll(/\D/g, ''))}
            />
          </label>
        ) : null}
        {role === 'drone' ? (
          <label>
            Drone
            <select value={drone} onChange={(event) => setDrone(event.target.value)}>
              <option value="">Choose a drone</option>
              {[...nodes.values()].map((node) => (
                <option key={node.id} value={node.id}>
                  {node.name}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <Button deed type="submit" busy={isBusy} disabled={!isReady}>
          Make it
        </Button>
      </form>
      <p className="dim">
        {role}: {ROLES[role]}.
      </p>
      {issued === undefined ? null : <Secret issued={issued} onKept={() => setIssued(undefined)} />}
    </Card>
  );
}

function Secret({ issued, onKept }: { readonly issued: Issued; readonly onKept: () => void }) {
  return (
    <div className={styles['secret']} role="status">
      <p>
        The token of <b>{issued.name}</b>. It is shown only now: copy it to where it will be used.
      </p>
      <div className={styles['snippet']}>
        <code>{issued.token}</code>
        <Copy text={issued.token} label="Copy token" />
      </div>
      <Button onClick={onKept}>I have kept it</Button>
    </div>
  );
}

function roleIn(text: string): Role {
  // Only what is offered above can be chosen.
  return text in ROLES ? (text as Role) : 'viewer';
}
