export const SECTIONS = ['configuration', 'access', 'drones', 'notifications', 'appearance', 'about'] as const;
export type Section = (typeof SECTIONS)[number];

/** Which settings are shown, as the address says; what is usual is left out. */
export type SettingsSearch = {
  readonly view?: Section | undefined;
  readonly text?: string | undefined;
  /** Only what is not as it is by default. */
  readonly changed?: true | undefined;
  /** The setting that is looked at. */
  readonly open?: string | undefined;
  /** The number of the notification that is looked at. */
  readonly told?: number | undefined;
};

/** Reads an address that anybody may have written. */
export function settingsSearch({ view, text, changed, open, told }: Record<string, unknown>): SettingsSearch {
  const known = SECTIONS.find((each) => each === view);
  return {
    ...(known === undefined || known === 'configuration' ? {} : { view: known }),
    ...(typeof text === 'string' && text !== '' ? { text: text.slice(0, 200) } : {}),
    ...(changed === true || changed === 'true' ? { changed: true } : {}),
    ...(typeof open === 'string' && open !== '' ? { open: open.slice(0, 100) } : {}),
    ...(typeof told === 'number' && Number.isSafeInteger(told) && told > 0 ? { told } : {}),
  };
}
