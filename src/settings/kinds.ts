import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** How a value is written: what it may be, in words that follow "must be", and what a text means. */
export type Kind<T> = {
  readonly range: string;
  /** The unit that a person reads after the value. */
  readonly unit: string;
  /** `undefined` for a text that is no such value; `base` is what relative paths are relative to. */
  parse(text: string, base: string): T | undefined;
  /** As `parse` reads it. */
  write(value: T): string;
};

type Bounds = { readonly min: number; readonly max: number; readonly unit?: string };

/** A whole number within bounds. */
export function wholeNumber(bounds: Bounds): Kind<number> {
  return numberWritten(/^\d+$/, 'a whole number', bounds);
}

/** A number within bounds, fractions allowed. */
export function decimalNumber(bounds: Bounds): Kind<number> {
  return numberWritten(/^\d+(\.\d+)?$/, 'a number', bounds);
}

function numberWritten(pattern: RegExp, noun: string, { min, max, unit = '' }: Bounds): Kind<number> {
  return {
    range: `${noun} from ${min} to ${max}${unit === '' ? '' : ` ${unit}`}`,
    unit,
    parse: (text) => {
      const value = pattern.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
    write: String,
  };
}

/** One of a few words. */
export function oneOf<const W extends string>(...words: readonly [W, W, ...W[]]): Kind<W> {
  return {
    range: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    unit: '',
    parse: (text) => words.find((word) => word === text.toLowerCase()),
    write: String,
  };
}

const SWITCHES: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  yes: true,
  1: true,
  off: false,
  false: false,
  no: false,
  0: false,
};

/** `on` or `off`, and what people write instead. */
export const onOrOff: Kind<boolean> = {
  range: 'on or off',
  unit: '',
  parse: (text) => SWITCHES[text.toLowerCase()],
  write: (value) => (value ? 'on' : 'off'),
};

/** A path of this machine; `~/` is the home directory, since no shell reads a configuration file. */
export const path: Kind<string> = {
  range: 'a path',
  unit: '',
  parse: (text, base) => {
    if (text.includes('\0')) return undefined;
    return text === '~' || text.startsWith('~/') ? join(homedir(), text.slice(1)) : resolve(base, text);
  },
  write: String,
};

/** A path, or the word `off`, which is given as null. */
export const pathOrOff: Kind<string | null> = {
  ...path,
  range: 'a path, or off',
  parse: (text, base) => (text.toLowerCase() === 'off' ? null : path.parse(text, base)),
  write: (value) => value ?? 'off',
};

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$/;
const ONLY_DIGITS_AND_DOTS = /^[\d.]+$/;

/** An IPv4 or IPv6 address (brackets are taken off) or the name of a host. */
export const host: Kind<string> = {
  range: 'an IP address or a host name',
  unit: '',
  parse: (text) => {
    const bare = /^\[(.+)\]$/.exec(text)?.[1] ?? text;
    if (isIP(bare) > 0) return bare;
    // 10.0.0.256 would be looked up as a name.
    return HOST_NAME.test(bare) && !ONLY_DIGITS_AND_DOTS.test(bare) ? bare : undefined;
  },
  write: String,
};

/** The address of a web server. */
export const httpUrl: Kind<string> = {
  range: 'an address such as http://10.0.0.5:8100',
  unit: '',
  parse: (text) => (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined),
  write: String,
};

/** Text of certain letters. */
export function textLike(pattern: RegExp, range: string): Kind<string> {
  return { range, unit: '', parse: (text) => (pattern.test(text) ? text : undefined), write: String };
}

/** Several web sites with commas between them, or `*` for all. */
export const webOrigins: Kind<readonly string[]> = {
  range: 'addresses such as https://dash.example with commas between them, or *',
  unit: '',
  parse: (text, base) => {
    if (text === '*') return ['*'];
    const each = text.split(',').map((part) => httpUrl.parse(part.trim(), base));
    return each.every((part) => part !== undefined) ? each.map((part) => new URL(part).origin) : undefined;
  },
  write: (values) => values.join(','),
};

const PACKAGE_PATTERN = /^[A-Za-z0-9*][A-Za-z0-9*+_.-]{0,63}(\/[A-Za-z0-9*][A-Za-z0-9*+_.-]{0,63})?$/;
/** Each `*` may stand for any text, and what many of them stand for is tried in every way. */
const STARS_AT_MOST = 4;

/** Several package names with commas between them, with `*` for any text, or the word `off` for none. */
export const packagePatterns: Kind<readonly string[]> = {
  range: 'names such as rust* or www-client/chromium with commas between them, or off',
  unit: '',
  parse: (text) => {
    if (text.toLowerCase() === 'off') return [];
    const each = text.split(',').map((part) => part.trim());
    const named = each.filter((part) => part !== '');
    return named.length > 0 && named.every(isPackagePattern) ? named : undefined;
  },
  write: (values) => (values.length === 0 ? 'off' : values.join(',')),
};

/** Whether a text can stand for packages by their names, with a few `*` for any text. */
export function isPackagePattern(text: string): boolean {
  return PACKAGE_PATTERN.test(text) && text.split('*').length <= STARS_AT_MOST + 1;
}

/** Several hosts with commas between them. */
export const hosts: Kind<readonly string[]> = {
  range: 'IP addresses or host names with commas between them',
  unit: '',
  parse: (text, base) => {
    const each = text.split(',').map((part) => part.trim());
    const parsed = each.filter((part) => part !== '').map((part) => host.parse(part, base));
    return parsed.every((part) => part !== undefined) ? parsed : undefined;
  },
  write: (values) => values.join(','),
};

/** Some of a few words with commas between them, or `all`, or `none`. */
export function severalOf<const W extends string>(words: readonly W[]): Kind<readonly W[]> {
  return {
    range: `all, none, or some of ${words.join(', ')} with commas between them`,
    unit: '',
    parse: (text) => {
      if (text.toLowerCase() === 'all') return words;
      if (text.toLowerCase() === 'none') return [];
      const named = text.split(',').map((part) => part.trim().toLowerCase());
      return named.every((name) => words.some((word) => word === name))
        ? words.filter((word) => named.includes(word))
        : undefined;
    },
    write: (values) => (values.length === words.length ? 'all' : values.length === 0 ? 'none' : values.join(',')),
  };
}

/** What every mail server takes, and no program takes for an option or a second header. */
const ADDRESS = /^[A-Za-z0-9_][A-Za-z0-9._%+-]{0,63}(@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)?$/;

/** Several addresses of e-mail with commas between them; names of local users are addresses too. */
export const addresses: Kind<readonly string[]> = {
  range: 'addresses such as root or me@example.org with commas between them',
  unit: '',
  parse: (text) => {
    const each = text.split(',').map((part) => part.trim());
    const named = each.filter((part) => part !== '');
    return named.every((part) => ADDRESS.test(part)) ? named : undefined;
  },
  write: (values) => values.join(','),
};
