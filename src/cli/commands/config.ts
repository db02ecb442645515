import { assertUsable, type Resolved, resolveSettings, type Source, sourceText } from '../../settings/resolve.ts';
import { serverSettings } from '../../settings/server-settings.ts';
import type { Setting } from '../../settings/setting.ts';
import { CHAPTERS, keyOf, SETTING_NAMES, SETTINGS, type SettingName } from '../../settings/table.ts';
import { wrap } from '../output/text.ts';

export type CheckFlags = { readonly config?: string | undefined };
export type ShowFlags = CheckFlags & { readonly json?: boolean | undefined; readonly all?: boolean | undefined };

const MASK = '********';
const INDENT = '      ';
const TEXT_WIDTH = 94;

/** Prints every setting with where its value comes from. Throws BAD_SETTING with all that is wrong. */
export function showConfig({ config, json, all }: ShowFlags, env: NodeJS.ProcessEnv): number {
  const resolved = usable(config, env);
  const rows = SETTING_NAMES.map((name) => rowOf(name, resolved));
  if (json) {
    console.log(JSON.stringify({ file: resolved.file, settings: rows.map((row) => jsonOf(row, resolved)) }, null, 2));
    return 0;
  }
  console.log(`Configuration file: ${resolved.file ?? 'none'}`);
  const lines = all ? rows.map(explained) : inColumns(rows);
  for (const [chapter, names] of Object.entries(CHAPTERS)) {
    console.log(`\n${chapter}`);
    for (const [index, { name }] of rows.entries()) if (names.includes(name)) console.log(lines[index]);
  }
  return 0;
}

/** Says what is wrong with the settings, for all commands. Throws BAD_SETTING with all of it. */
export function checkConfig({ config }: CheckFlags, env: NodeJS.ProcessEnv): number {
  const { file } = usable(config, env);
  console.log(`The settings can be used (configuration file: ${file ?? 'none'}).`);
  return 0;
}

function usable(config: string | undefined, env: NodeJS.ProcessEnv): Resolved {
  const resolved = resolveSettings({ flags: { '--config': config }, env, uid: process.getuid?.() });
  assertUsable(resolved, ['server', 'client', 'nobody']);
  // Finds what does not fit together.
  serverSettings(resolved);
  return resolved;
}

type Row = {
  readonly name: SettingName;
  /** As it would be written, and masked if nobody may see it. */
  readonly value: string;
  readonly unit: string;
  readonly source: Source;
  readonly setting: Setting<unknown>;
};

function rowOf(name: SettingName, { values, sources }: Resolved): Row {
  // Value and row are of one name.
  const setting = SETTINGS[name] as Setting<unknown>;
  const { [name]: value } = values;
  const text = value === null || !setting.isSecret ? setting.kind.write(value) : MASK;
  return { name, value: text.replaceAll('`', '') || 'none', unit: setting.kind.unit, source: sources[name], setting };
}

function inColumns(rows: readonly Row[]): string[] {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const values = rows.map(valueWithUnit);
  const valueWidth = Math.min(40, Math.max(...values.map((value) => value.length)));
  return rows.map(
    ({ name, source }, index) =>
      `  ${name.padEnd(nameWidth)}  ${(values[index] ?? '').padEnd(valueWidth)}  ${sourceText(source)}`,
  );
}

function explained(row: Row): string {
  const { name, source, setting } = row;
  const flag = setting.flag === null ? '' : `, flag ${setting.flag}`;
  const about = [
    `${setting.why} Must be ${setting.kind.range}.`,
    `Default: ${defaultOf(setting)}. Key in the file: ${keyOf(name)}${flag}.`,
  ];
  const text = about.flatMap((line) => wrap(line.replaceAll('`', ''), TEXT_WIDTH)).map((line) => `${INDENT}${line}`);
  return [`  ${name} = ${valueWithUnit(row)}   (${sourceText(source)})`, ...text, ''].join('\n');
}

function defaultOf({ fallbackWords, kind }: Setting<unknown>): string {
  return kind.unit === '' || Number.isNaN(Number(fallbackWords)) ? fallbackWords : `${fallbackWords} ${kind.unit}`;
}

function valueWithUnit({ value, unit }: Row): string {
  return unit === '' ? value : `${value} ${unit}`;
}

function jsonOf({ name, value, unit, source, setting }: Row, { values }: Resolved): Record<string, unknown> {
  return {
    name,
    key: keyOf(name),
    value: setting.isSecret && values[name] !== null ? value : values[name],
    unit: unit === '' ? null : unit,
    source,
    default: setting.fallbackWords,
    range: setting.kind.range,
    flag: setting.flag,
    read_by: setting.reader,
    secret: setting.isSecret,
    why: setting.why,
  };
}
