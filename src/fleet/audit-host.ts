import type { AuditFinding } from '../app/audit-ports.ts';
import type { RemoteHost } from '../app/provision-ports.ts';
import { ComplyReport } from '../contract/audits.ts';
import { verdictOf } from '../core/audit.ts';
import { SwarmError } from '../core/errors.ts';
import { type LogInNeeds, runOnHost } from './log-in.ts';
import type { ScriptRun } from './remote-script.ts';

/** A drone that is to be looked at. */
export type AuditTarget = {
  readonly name: string;
  readonly droneId: string | null;
  readonly host: RemoteHost;
};

export type AuditNeeds = LogInNeeds & {
  /** The text of comply.sh. */
  readonly complyScript: string;
  /** The text of the spec. */
  readonly spec: string;
  readonly now: () => number;
};

/** What comply.sh found; its exit status beside it, null where it did not run. */
export type HostAudit = AuditFinding & { readonly exitCode: number | null };

/** Counting the packages of a slow disk takes a while. */
const LIMIT_MS = 60_000;
const MAX_CHARACTERS = 2_000;

/** Compares a drone with the spec, by one connection. That nobody could look is a finding, too. */
export async function auditHost(needs: AuditNeeds, target: AuditTarget, signal: AbortSignal): Promise<HostAudit> {
  const startedAt = needs.now();
  const { name: drone, droneId, host } = target;
  const who = { drone, droneId, address: host.address };
  try {
    const run = await runOnHost(needs, host, scriptFor(needs), { signal, timeoutMs: LIMIT_MS });
    const { report, exitCode } = readReport(host, run);
    return {
      ...who,
      verdict: verdictOf(report.checks),
      spec: { version: report.spec_version, updated: report.updated },
      durationS: (needs.now() - startedAt) / 1000,
      error: null,
      checks: report.checks,
      exitCode,
    };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return {
      ...who,
      verdict: 'unreachable',
      spec: null,
      durationS: (needs.now() - startedAt) / 1000,
      error: says.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, MAX_CHARACTERS),
      checks: [],
      exitCode: null,
    };
  }
}

function scriptFor({ complyScript, spec }: AuditNeeds) {
  const args = ['--json', '--spec-base64', Buffer.from(spec).toString('base64')];
  return { text: complyScript, args, isRootsWork: true };
}

function readReport({ address }: RemoteHost, { end, stdout, stderr }: ScriptRun) {
  const exitCode = end.kind === 'exited' ? end.exitCode : null;
  const line = stdout.findLast((each) => each.startsWith('{'));
  const report = ComplyReport.safeParse(parsed(line ?? ''));
  if (report.success) return { report: report.data, exitCode };
  const said = stderr.findLast((each) => each.trim() !== '')?.trim();
  throw new SwarmError(
    'SSH_FAILED',
    `${address} lets us in, but the checks do not run there (status ${exitCode})${said === undefined ? '' : `: ${said}`}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
