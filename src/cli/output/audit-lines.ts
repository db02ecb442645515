import type { Client } from '../../client/client.ts';
import type { AuditCheck, AuditVerdict } from '../../core/audit.ts';
import type { HostAudit } from '../../fleet/audit-host.ts';
import type { Terminal } from '../frame/terminal.ts';
import type { Style } from './style.ts';
import { cut, oneLine, wrap } from './text.ts';
import { localTime } from './times.ts';

/** An audit, and what the control plane made of it; null where it was not kept. */
export type ShownAudit = HostAudit & { readonly kept: Awaited<ReturnType<Client['recordAudit']>> | null };

const WORDS = { pass: 'PASS', warn: 'WARN', fail: 'FAIL' } as const;
const ID_WIDTH = 15;

/** What was found on one drone. */
export function auditLines(audit: ShownAudit, { style, width }: Terminal): string[] {
  const { drone, address, verdict, error, checks } = audit;
  const head = `  ${style.bold(oneLine(drone))} (${oneLine(address)})  ${colourOf(verdict, style)(verdict.toUpperCase())}`;
  const columns = Number.isFinite(width) ? width - 4 : 110;
  if (error !== null) return [head, ...wrap(oneLine(error), columns).map((line) => `    ${line}`), ''];
  return [
    head,
    ...checks.flatMap((check) => checkLines(check, { style, width })),
    `    (${counted(checks, 'pass')} pass, ${counted(checks, 'warn')} warn, ${counted(checks, 'fail')} fail)`,
    ...driftLines(audit, { style, width }),
    '',
  ];
}

type Frame = { readonly style: Style; readonly width: number };

type Finding = { readonly name: string; readonly says: string };

/** Every finding that is not well has a line of its own, as the first version had it: `world_missing: …`. */
function findingsOf({ id, status, found, expected, details }: AuditCheck): Finding[] {
  if (status === 'pass') return [{ name: id, says: /^\d+$/.test(found) ? `${found} (${expected})` : found }];
  const lines = details.length === 0 ? [`${found} (expected: ${expected})`] : details;
  return lines.map((line) => {
    const named = /^([a-z][a-z_]{1,30}): (.*)$/s.exec(line);
    return { name: named?.[1] ?? id, says: named?.[2] ?? line };
  });
}

function checkLines(check: AuditCheck, { style, width }: Frame): string[] {
  const { status, advice } = check;
  const paint = { pass: style.green, warn: style.yellow, fail: style.red }[status];
  const room = Math.max(20, width - 4 - 6 - ID_WIDTH - 2);
  const margin = ' '.repeat(4 + 6 + ID_WIDTH + 2);
  const findings = findingsOf(check).flatMap(({ name, says }) => {
    const [first = '', ...rest] = wrap(oneLine(says), room);
    return [
      `    ${paint(WORDS[status])}  ${oneLine(name).padEnd(ID_WIDTH)}  ${first}`,
      ...rest.map((line) => margin + line),
    ];
  });
  if (status === 'pass' || advice === null) return findings;
  return [...findings, ...wrap(`-> ${oneLine(advice)}`, room).map((line) => style.dim(margin + line))];
}

function driftLines({ kept }: ShownAudit, { style }: Frame): string[] {
  if (kept?.drift === null || kept === null || kept.drift.changes.length === 0) return [];
  return [
    `    Since ${localTime(kept.drift.since)}:`,
    ...kept.drift.changes.map(
      ({ id, from, to, found }) =>
        `      ${style.yellow(oneLine(id))}: ${from ?? 'not checked'} -> ${to ?? 'not checked'} (${cut(oneLine(found), 60, style.signs.more)})`,
    ),
  ];
}

/** All of them in a line. */
export function overallLine(audits: readonly ShownAudit[]): string {
  const of = (verdict: AuditVerdict) => audits.filter((audit) => audit.verdict === verdict).length;
  const unreachable = of('unreachable') === 0 ? '' : `, ${of('unreachable')} unreachable`;
  return `  Overall: ${of('compliant')} compliant, ${of('warnings')} warnings, ${of('non-compliant')} non-compliant${unreachable} (${audits.length} drones)`;
}

/** The same for programs, by the name of the drone; what version 3.1 printed, and more. */
export function auditReport(audits: readonly ShownAudit[]): Record<string, unknown> {
  return Object.fromEntries(audits.map((audit) => [audit.drone, reportOf(audit)]));
}

function reportOf({ drone, address, verdict, error, checks, exitCode, spec, durationS, kept }: ShownAudit) {
  const common = { name: drone, ip: address, status: verdict, exit_code: exitCode };
  if (error !== null) return { ...common, error };
  return {
    ...common,
    checks: checks.flatMap((check) => {
      const { id, found, expected, advice } = check;
      const more = { id, found, expected, advice };
      return findingsOf(check).map(({ name, says }) => ({
        status: WORDS[check.status],
        check: name,
        detail: says,
        ...more,
      }));
    }),
    ...{ pass: counted(checks, 'pass'), warn: counted(checks, 'warn'), fail: counted(checks, 'fail') },
    ...{ spec_version: spec?.version ?? null, duration_s: durationS, drift: kept?.drift ?? null },
  };
}

function counted(checks: readonly AuditCheck[], status: AuditCheck['status']): number {
  return checks.flatMap((check) => (check.status === status ? findingsOf(check) : [])).length;
}

function colourOf(verdict: AuditVerdict, { bold, green, yellow, red }: Style): (text: string) => string {
  if (verdict === 'compliant') return (text) => bold(green(text));
  return (text) => bold((verdict === 'warnings' ? yellow : red)(text));
}
