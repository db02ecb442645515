import type { IconName } from '../ui/icons.tsx';

/** Every page that the navigation and the command palette know. `key` goes there after `g`. */
export type Place = {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly key: string;
  readonly group: 'Now' | 'Past' | 'System';
};

export const PLACES: readonly Place[] = [
  { to: '/', label: 'Overview', icon: 'overview', key: 'o', group: 'Now' },
  { to: '/fleet', label: 'Fleet', icon: 'fleet', key: 'f', group: 'Now' },
  { to: '/topology', label: 'Topology', icon: 'topology', key: 't', group: 'Now' },
  { to: '/queue', label: 'Queue', icon: 'queue', key: 'q', group: 'Now' },
  { to: '/timeline', label: 'Timeline', icon: 'timeline', key: 'l', group: 'Now' },
  { to: '/sessions', label: 'Sessions', icon: 'sessions', key: 's', group: 'Past' },
  { to: '/graph', label: 'Graph', icon: 'graph', key: 'p', group: 'Now' },
  { to: '/history', label: 'History', icon: 'history', key: 'h', group: 'Past' },
  { to: '/statistics', label: 'Statistics', icon: 'statistics', key: 'i', group: 'Past' },
  { to: '/wire', label: 'Wire', icon: 'wire', key: 'w', group: 'Now' },
  { to: '/replay', label: 'Replay', icon: 'replay', key: 'r', group: 'Past' },
  { to: '/events', label: 'Events', icon: 'events', key: 'e', group: 'Past' },
  { to: '/data', label: 'Data', icon: 'data', key: 'd', group: 'System' },
  { to: '/published', label: 'Binhost', icon: 'binhost', key: 'b', group: 'System' },
  { to: '/architecture', label: 'Architecture', icon: 'architecture', key: 'a', group: 'System' },
  { to: '/settings', label: 'Settings', icon: 'settings', key: ',', group: 'System' },
];
