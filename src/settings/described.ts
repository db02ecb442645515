import { type Resolved, type Source, sourceText } from './resolve.ts';
import type { Reader, Setting } from './setting.ts';
import { CHAPTERS, keyOf, SETTINGS, type SettingName } from './table.ts';

/** A setting as people are shown it. */
export type DescribedSetting = {
  readonly name: SettingName;
  readonly key: string;
  readonly chapter: string;
  /** As it would be written, and masked if nobody may see it; null for none. */
  readonly value: string | null;
  readonly unit: string | null;
  readonly source: Source;
  readonly sourceText: string;
  readonly fallback: string;
  readonly range: string;
  readonly flag: string | null;
  readonly reader: Reader;
  readonly isSecret: boolean;
  readonly why: string;
};

const MASK = '********';

/** Every setting with its value and where that comes from, in the order of the reference. */
export function describeSettings({ values, sources }: Resolved): readonly DescribedSetting[] {
  return Object.entries(CHAPTERS).flatMap(([chapter, names]) =>
    names.map((name) => {
      // Value and row are of one name.
      const setting = SETTINGS[name] as Setting<unknown>;
      const { [name]: value } = values;
      const { kind, isSecret, fallbackWords, flag, reader, why } = setting;
      return {
        ...{ name, key: keyOf(name), chapter, value: value === null ? null : shown(value, setting) },
        ...{ unit: kind.unit === '' ? null : kind.unit, source: sources[name], sourceText: sourceText(sources[name]) },
        ...{ fallback: plain(fallbackWords), range: plain(kind.range), flag, reader, isSecret, why: plain(why) },
      };
    }),
  );
}

function shown(value: unknown, { kind, isSecret }: Setting<unknown>): string {
  // An address may have a password in it.
  return isSecret ? MASK : plain(kind.write(value)).replace(/(:\/\/)[^/@\s]+@/g, `$1${MASK}@`);
}

/** The reference is Markdown; people are shown text. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
