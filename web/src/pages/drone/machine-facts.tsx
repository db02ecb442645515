import { useQuery } from '@tanstack/react-query';
import { api, type Reply } from '../../api/api.ts';
import { useRefetched } from '../../api/use-refetched.ts';
import styles from './care.module.css';
import { useNewestOfCare } from './use-escalations.ts';

type Care = Reply<'nodeCare'>;

const MACHINES: Readonly<Record<string, string>> = {
  metal: 'A machine of its own',
  vm: 'Virtual machine',
  container: 'Container',
};
const REBOOTS: Readonly<Record<Care['reboot'], string>> = {
  'by-machine': 'Only as a container or a virtual machine',
  allowed: 'Allowed',
  never: 'Never',
};

/** What was said of a drone as a machine; only operators may know. `probed`: what a probe took it for. */
export function MachineFacts({ id, probed }: { readonly id: string; readonly probed: string | undefined }) {
  const who = useQuery({ queryKey: ['whoami'], queryFn: () => api.whoami() });
  const role = who.data?.role;
  const care = useQuery({
    queryKey: ['drone-care', id],
    queryFn: () => api.nodeCare({ params: { id } }),
    enabled: role === 'operator' || role === 'admin',
    refetchInterval: 60_000,
  });
  useRefetched(() => (care.isFetched ? care.refetch() : undefined), useNewestOfCare(), 1_000);
  if (care.data === undefined) return null;
  const { protected: isProtected, machine, reboot } = care.data;
  return (
    <dl className={styles['facts']}>
      <dt>Protected</dt>
      <dd>{isProtected ? 'Yes: never probed, restarted or rebooted' : 'No'}</dd>
      <dt>Machine</dt>
      <dd>{machine === null ? foundText(probed) : MACHINES[machine]}</dd>
      <dt>Reboot</dt>
      <dd>{REBOOTS[reboot]}</dd>
    </dl>
  );
}

function foundText(probed: string | undefined): string {
  return probed === undefined ? 'As a probe finds it' : `${MACHINES[probed] ?? probed}, as a probe found`;
}
