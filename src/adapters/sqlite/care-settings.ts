import type { CareSettings, CareWish } from '../../app/escalation-ports.ts';
import type { DroneId } from '../../core/ids.ts';
import type { CareRow } from './escalation-rows.ts';
import type { Connection } from './open.ts';

/** What operators say of drones as machines. Called within a write. */
export function makeCareSettings(connection: Connection): (id: DroneId, wish: CareWish) => CareSettings {
  const find = connection.prepare<[string], CareRow>('SELECT * FROM drone_care WHERE node_id = ?');
  const set = connection.prepare(
    `INSERT INTO drone_care (node_id, protected, machine, reboot, ssh_address, ssh_user, ssh_port)
     VALUES (@id, @protected, @machine, @reboot, @address, @user, @port)
     ON CONFLICT (node_id) DO UPDATE SET protected = @protected, machine = @machine, reboot = @reboot,
       ssh_address = @address, ssh_user = @user, ssh_port = @port`,
  );
  return (id, wish) => {
    const was = careOf(find.get(id));
    if (Object.values(wish).every((value) => value === undefined)) return was;
    const given = Object.entries(wish).filter(([, value]) => value !== undefined);
    // Each entry is of the type that the wish has for its name.
    const care = { ...was, ...(Object.fromEntries(given) as Partial<CareSettings>) };
    set.run({
      ...{ id, protected: care.isProtected ? 1 : 0, machine: care.machine, reboot: care.rebootRule },
      ...{ address: care.sshAddress, user: care.sshUser, port: care.sshPort },
    });
    return care;
  };
}

function careOf(row: CareRow | undefined): CareSettings {
  return {
    isProtected: row?.protected === 1,
    machine: row?.machine ?? null,
    rebootRule: row?.reboot ?? 'by-machine',
    sshAddress: row?.ssh_address ?? null,
    sshUser: row?.ssh_user ?? null,
    sshPort: row?.ssh_port ?? null,
  };
}
