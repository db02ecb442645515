import { type Box, bottomOf, leftOf, type Point, rightOf, type Size, topOf } from './geometry.ts';

export type PlaceName = 'operators' | 'control' | 'binhost' | 'clients';
export type HubPlaces = Readonly<Record<PlaceName, Box>>;
/** From who orders to the control plane, from there to the binhost, from there to who installs. */
export type HubLinks = Readonly<Record<'orders' | 'publish' | 'fetch', readonly Point[]>>;

const CONTROL: Size = { width: 236, height: 100 };
const OTHER: Size = { width: 156, height: 76 };
/** Between two parts, at least: room for a message to be seen. */
const GAP = 40;
/** Space between the small boxes of a narrow map. */
const SMALL_GAP = 14;

/** The room that the parts beside the drones need. */
export function hubSize(isNarrow: boolean): Size {
  if (isNarrow) return { width: 264, height: OTHER.height + GAP + CONTROL.height };
  return { width: CONTROL.width + 2 * (2 * OTHER.width + 2 * GAP), height: CONTROL.height };
}

type Room = { readonly x: number; readonly y: number; readonly width: number; readonly isNarrow: boolean };

/** Where the parts beside the drones are: the control plane in the middle. */
export function hubOf(room: Room): { readonly places: HubPlaces; readonly links: HubLinks } {
  return room.isNarrow ? narrowHub(room) : wideHub(room);
}

function wideHub({ x, y, width }: Room) {
  const control = { ...CONTROL, x: x + (width - CONTROL.width) / 2, y };
  const beside = { ...OTHER, y: y + (CONTROL.height - OTHER.height) / 2 };
  const clients = { ...beside, x: x + width - OTHER.width };
  const between = (control.x + control.width + clients.x) / 2;
  const binhost = { ...beside, x: between - OTHER.width / 2 };
  const operators = { ...beside, x };
  const links = {
    orders: [rightOf(operators), leftOf(control)],
    publish: [rightOf(control), leftOf(binhost)],
    fetch: [rightOf(binhost), leftOf(clients)],
  };
  return { places: { operators, control, binhost, clients }, links };
}

/** The others over the control plane, side by side. */
function narrowHub({ x, y, width }: Room) {
  const third = (width - 2 * SMALL_GAP) / 3;
  const other = { width: third, height: OTHER.height, y };
  const operators = { ...other, x };
  const binhost = { ...other, x: x + third + SMALL_GAP };
  const clients = { ...other, x: x + 2 * (third + SMALL_GAP) };
  const control = { x, y: y + OTHER.height + GAP, width, height: CONTROL.height };
  const under = ([at]: Point): Point => [at, control.y];
  const links = {
    orders: [bottomOf(operators), under(topOf(operators))],
    publish: [under(topOf(binhost)), bottomOf(binhost)],
    fetch: [rightOf(binhost), leftOf(clients)],
  };
  return { places: { operators, control, binhost, clients }, links };
}
