/** The signs of the dashboard: strokes in the colour of the text around them, on a grid of 16. */
const PATHS = {
  overview: 'M2 9.5h4V14H2zM2 2h4v5H2zM8.500 2H14v3.500H8.500zM8.500 8H14v6H8.500z',
  fleet: 'M2.500 3h11v4h-11zM2.500 9h11v4h-11zM5 5h.01M5 11h.01',
  topology: 'M8 5.500v3M8 8.500L4 11M8 8.500l4 2.500M6.500 2.500h3v3h-3zM2 11h3v3H2zM11 11h3v3h-3z',
  queue: 'M2.500 4h11M2.500 8h11M2.500 12h7',
  graph:
    'M3.500 3.500m-1.500 0a1.500 1.500 0 1 0 3 0a1.500 1.500 0 1 0-3 0M12.500 5.500m-1.500 0a1.500 1.500 0 1 0 3 0a1.500 1.500 0 1 0-3 0M6 12.500m-1.500 0a1.500 1.500 0 1 0 3 0a1.500 1.500 0 1 0-3 0M5 3.800l6 1.400M4 5l1.600 6M11.300 6.400L7.100 11.400',
  timeline: 'M2 3.500h6M5 8h7M3.500 12.500h5M2 2v12',
  history: 'M8 4.500V8l2.500 1.500M2.600 6A5.800 5.800 0 1 1 2.200 8.500M2 3v3.200h3.200',
  statistics: 'M2.500 13.500v-5M6.500 13.500v-9M10.500 13.500v-6M14 13.500v-11',
  sessions: 'M3 2.500h10v3H3zM3 7h10v3H3zM3 11.500h10V14H3z',
  wire: 'M1.500 8h3l1.500-4.500 3 9L10.500 8h4',
  replay: 'M3 8a5 5 0 1 0 1.600-3.660M3 2.500v3h3M7 6v4l3-2z',
  first: 'M4 3v10M12.500 3.500L7 8l5.500 4.500z',
  last: 'M12 3v10M3.500 3.500L9 8l-5.500 4.500z',
  rewind: 'M8 3.500L3.500 8 8 12.500M13 3.500L8.500 8l4.500 4.500',
  ahead: 'M8 3.500L12.500 8 8 12.500M3 3.500L7.500 8 3 12.500',
  left: 'M10 3.500L5.500 8l4.500 4.500',
  events:
    'M4 6a4 4 0 0 1 8 0c0 4 1.500 4.500 1.500 5.500h-11C2.500 10.500 4 10 4 6M6.800 13.800a1.400 1.400 0 0 0 2.400 0',
  data: 'M2.500 4c0-1.100 2.500-2 5.500-2s5.500.9 5.500 2-2.500 2-5.500 2-5.500-.9-5.500-2zM2.500 4v8c0 1.100 2.500 2 5.500 2s5.500-.9 5.500-2V4M2.500 8c0 1.100 2.500 2 5.500 2s5.500-.9 5.500-2',
  binhost: 'M2.500 5L8 2l5.500 3v6L8 14l-5.500-3zM2.500 5L8 8l5.500-3M8 8v6',
  architecture: 'M3 13.500V6L8 2.500 13 6v7.500M2 13.500h12M6.500 13.500V9h3v4.500',
  settings: 'M2.500 4.500h6M11.500 4.500h2M2.500 11.500h2M7.500 11.500h6M10 3v3M6 10v3',
  search: 'M7 11.500a4.500 4.500 0 1 0 0-9a4.500 4.500 0 0 0 0 9zM10.300 10.300L14 14',
  sun: 'M8 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6zM8 1.500v1M8 13.500v1M1.500 8h1M13.500 8h1M3.400 3.400l.7.7M11.900 11.900l.7.7M12.600 3.400l-.7.7M4.100 11.900l-.7.7',
  moon: 'M13.500 9.500A6 6 0 1 1 6.500 2.500a5 5 0 0 0 7 7z',
  pause: 'M5 3v10M11 3v10',
  play: 'M4.500 2.500l8 5.500-8 5.500z',
  menu: 'M2 4h12M2 8h12M2 12h12',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  close: 'M3.500 3.500l9 9M12.500 3.500l-9 9',
  warning: 'M8 2l6.500 11.500h-13zM8 6.500v3M8 11.500h.01',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  key: 'M10.500 2.500a3 3 0 1 1-2.600 4.500L3 12v2h2.500v-1.500H7V11l1.500-1.500',
  right: 'M6 3.500L10.500 8 6 12.500',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
