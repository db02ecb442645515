import { count } from '../../ui/format.ts';
import { Pill } from '../../ui/pill.tsx';
import styles from './audit.module.css';
import type { Audit } from './drone-audit.tsx';

type Check = Audit['checks'][number];

const TONES: Readonly<Record<Check['status'], string>> = { pass: 'received', warn: 'blocked', fail: 'failed' };
/** More lines of one check are only counted. */
const LINES = 8;

/** Each check of an audit: how it came out, what is there, what has to be, and what would help. */
export function AuditChecks({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <ul className={styles['checks']} aria-label="Checks">
      {checks.map((check) => (
        <Item key={check.id} check={check} />
      ))}
    </ul>
  );
}

function Item({ check: { status, title, found, expected, advice, details } }: { readonly check: Check }) {
  const isWell = status === 'pass';
  const lines = isWell ? [] : details.slice(0, LINES);
  return (
    <li className={styles['check']}>
      <Pill state={TONES[status]} label={status} />
      <span className={styles['title']}>{title}</span>
      <div className={styles['found']}>
        <p>{found}</p>
        {found === expected || expected === '' ? null : <p className={styles['more']}>expected: {expected}</p>}
        {lines.length === 0 ? null : (
          <ul className={styles['more']}>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
            {details.length > LINES ? <li>and {count(details.length - LINES, 'line')} more</li> : null}
          </ul>
        )}
        {advice === null ? null : <p className={styles['advice']}>{advice}</p>}
      </div>
    </li>
  );
}
