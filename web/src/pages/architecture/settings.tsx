import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/api.ts';
import styles from './architecture.module.css';
import { amountOf, settingWords } from './setting-words.ts';
import { type SettingName, USUAL } from './usual.ts';

/** Of a setting: as it would be written, and in which unit. */
type Known = { readonly value: string; readonly unit: string; readonly source: string };

/** The settings of this swarm; the usual ones where this token may not read them, and then `isOwn` is false. */
function useSettings() {
  const { data, isSuccess, isError } = useQuery({
    queryKey: ['configuration'],
    queryFn: () => api.configuration(),
    staleTime: 300_000,
    retry: false,
  });
  const own = new Map((data?.settings ?? []).map((each) => [each.name, each]));
  return {
    isOwn: isSuccess,
    isRefused: isError,
    of: (name: SettingName): Known => {
      const [usual, usualUnit] = USUAL[name];
      const found = own.get(name);
      if (found === undefined) return { value: usual, unit: usualUnit, source: 'as usual' };
      return { value: found.value ?? '', unit: found.unit ?? '', source: found.source_text };
    },
  };
}

/** A setting as a number of its unit: seconds for times. */
export function useAmount(name: SettingName): number {
  return amountOf(useSettings().of(name));
}

/** The value of a setting within a sentence; where it comes from is said where the pointer rests. */
export function Setting({ name }: { readonly name: SettingName }) {
  const { of, isOwn } = useSettings();
  const known = of(name);
  const words = settingWords(known);
  const title = `${name}, ${known.source}`;
  return isOwn ? (
    <Link to="/settings" search={{ open: name }} className={styles['setting']} title={title}>
      {words}
    </Link>
  ) : (
    <span className={styles['setting']} title={title}>
      {words}
    </span>
  );
}

/** Said once where the values are not those of this swarm. */
export function UsualSettings() {
  const { isRefused } = useSettings();
  return isRefused ? (
    <p className="dim">Settings are shown as they usually are: this token may not read them.</p>
  ) : null;
}
