import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { portageCommand, prefixEnv } from '../../src/emerge/prefix.ts';
import { runProcess } from '../../src/platform/process.ts';
import { type RealSwarm, realSwarm } from '../../src/testing/real-swarm.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/repo', import.meta.url));

/** What follows KEYWORDS in each ebuild. The tool is built with the library, and a plugin of the library with the tool. */
const EBUILDS = {
  data: '',
  library: 'RDEPEND="app-misc/data"\nPDEPEND="app-misc/plugin"',
  tool: 'DEPEND="app-misc/library"\nsrc_compile() { needs library; needs data; }',
  plugin: 'DEPEND="app-misc/tool"\nsrc_compile() { needs tool; }',
  // In no circle: it is built with the library as everybody has it.
  user: 'DEPEND="app-misc/library"\nsrc_compile() { needs library; needs plugin; }',
};

test('a circle that a later plugin closes is built in the order of Portage, and installs', async () => {
  const swarm = await setup();
  const plan = await swarm.plan(['app-misc/user', 'app-misc/tool']);
  expect(plan.success).toBe(true);

  const { session_id: session } = await swarm.client.queueAdd({ body: { plan } });
  await swarm.until('the session is over', async () => {
    const { sessions } = await swarm.client.sessions();
    return sessions.find((each) => each.id === session)?.status === 'completed';
  });

  const built = swarm.rows<{ package: string; status: string }>(
    'SELECT package, status FROM build_history ORDER BY id',
  );
  expect(built.filter((row) => row.status !== 'success')).toEqual([]);
  const names = built.map((row) => row.package.replace(/^=app-misc\/(.*)-1$/, '$1'));
  expect(names).toHaveLength(Object.keys(EBUILDS).length);
  expect(names.filter((name) => name !== 'data' && name !== 'library')).toEqual(['tool', 'plugin', 'user']);
  expect((await installed(swarm, 'app-misc/library')).toSorted()).toEqual(['data-1', 'library-1', 'plugin-1']);
});

/** One drone, so that what was left out when the tool was built is missing in the root where the user is built. */
async function setup(): Promise<RealSwarm> {
  const repoDir = await mkdtemp(join(tmpdir(), 'circle-'));
  onTestFinished(() => rm(repoDir, { recursive: true, force: true }));
  for (const folder of ['metadata', 'profiles'])
    await cp(join(EXAMPLES, folder), join(repoDir, folder), { recursive: true });
  await rm(join(repoDir, 'profiles/base/packages'));
  for (const [name, text] of Object.entries(EBUILDS)) {
    await mkdir(join(repoDir, 'app-misc', name), { recursive: true });
    await writeFile(join(repoDir, 'app-misc', name, `${name}-1.ebuild`), ebuild(name, text));
  }
  const swarm = await realSwarm({ repoDir });
  onTestFinished(() => swarm.close());
  await swarm.startControlPlane();
  await swarm.startDrone('drone-1');
  return swarm;
}

function ebuild(name: string, text: string): string {
  return `EAPI=8
DESCRIPTION="test"
SLOT="0"
KEYWORDS="amd64"
S="\${WORKDIR}"
${text}
needs() { test -e "\${EPREFIX}/usr/share/circle/$1" || die "$1 is not installed"; }
src_install() { insinto /usr/share/circle; echo ${name} > ${name} || die; doins ${name}; }
`;
}

async function installed(swarm: RealSwarm, target: string): Promise<string[]> {
  const prefix = await swarm.clientPrefix('machine', [target]);
  const lines: string[] = [];
  const { exitCode } = await runProcess({
    command: portageCommand(prefix, 'emerge'),
    args: ['--ignore-default-opts', '--getbinpkgonly', '--autounmask=n', target],
    env: prefixEnv(prefix),
    onLine: (line) => void lines.push(line),
  });
  expect({ exitCode, output: exitCode === 0 ? '' : lines.join('\n') }).toEqual({ exitCode: 0, output: '' });
  return readdir(join(prefix.dir, 'var/db/pkg/app-misc'));
}
