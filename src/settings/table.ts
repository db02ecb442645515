import { CLIENTS } from './rows/clients.ts';
import { ESCALATION } from './rows/escalation.ts';
import { LISTENING } from './rows/listening.ts';
import { NOTIFICATIONS } from './rows/notifications.ts';
import { PLACEMENT } from './rows/placement.ts';
import { PLACES } from './rows/places.ts';
import { SCHEDULING } from './rows/scheduling.ts';
import { LOG, PROTOCOL_LOG, SERVICES, SQL_EXPLORER } from './rows/services.ts';
import type { Setting } from './setting.ts';

/** Every setting by the name of its environment variable. */
export const SETTINGS = {
  ...LISTENING,
  ...PLACES,
  ...SCHEDULING,
  ...PLACEMENT,
  ...SERVICES,
  ...ESCALATION,
  ...NOTIFICATIONS,
  ...PROTOCOL_LOG,
  ...SQL_EXPLORER,
  ...LOG,
  ...CLIENTS,
} as const;

export type SettingName = keyof typeof SETTINGS;

/** What each setting is. */
export type Values = {
  readonly [N in SettingName]: (typeof SETTINGS)[N] extends Setting<infer V> ? V : never;
};

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** The rows by the headings under which people look for them. */
export const CHAPTERS: Readonly<Record<string, readonly SettingName[]>> = {
  'Listening and access': namesOf(LISTENING),
  Places: namesOf(PLACES),
  Scheduling: namesOf(SCHEDULING),
  'Who builds what': namesOf(PLACEMENT),
  'Services and what is kept': namesOf(SERVICES),
  'Drones that do not go on': namesOf(ESCALATION),
  Notifications: namesOf(NOTIFICATIONS),
  'Protocol log': namesOf(PROTOCOL_LOG),
  'SQL explorer': namesOf(SQL_EXPLORER),
  Log: namesOf(LOG),
  'Commands other than serve': namesOf(CLIENTS),
};

/** The key of a setting in the configuration file: its name in small letters. */
export function keyOf(name: SettingName): string {
  return name.toLowerCase();
}

function namesOf(rows: Partial<Record<SettingName, unknown>>): SettingName[] {
  return Object.keys(rows) as SettingName[];
}
