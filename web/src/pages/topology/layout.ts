import { type Bank, placeBank } from './bank.ts';
import type { Box, Point, Size } from './geometry.ts';
import { type HubLinks, type HubPlaces, hubOf, hubSize } from './hub.ts';
import { TIERS, type Tier } from './tiers.ts';

/** Where everything is, and the ways between. */
export type Layout = Size & {
  readonly tier: Tier;
  readonly places: HubPlaces;
  readonly links: HubLinks;
  /** In the order in which the drones were counted. */
  readonly drones: readonly Box[];
  /** From the control plane to each drone. */
  readonly wires: readonly (readonly Point[])[];
};

/** Below it the drones are all under the hub, and the page is scrolled. */
const NARROW = 640;
/** Small maps are not blown up beyond that. */
export const LARGEST_FIT = 1.8;
/** Between the hub and the nearest drones, with the trunk in the middle of it. */
const TRUNK = 56;
const MARGIN = 12;
/** So few drones are all on one side. */
const ONE_SIDE = 3;
/** A narrow page is that many windows long at most, before drones get less room. */
const LONGEST = 2.5;

/** A map narrower than that is for a phone. */
export function isNarrow({ width }: Pick<Size, 'width'>): boolean {
  return width < NARROW;
}

/**
 * Places for so many drones in a window of this size: as much room for each as there is. What does not fit with the
 * least room makes the map larger than the window.
 */
export function layoutOf(drones: number, window: Size): Layout {
  const tiers = isNarrow(window) ? TIERS.slice(1) : TIERS;
  const plans = tiers.flatMap((tier) => plansOf(drones, tier, window));
  const fitting = tiers
    .map((tier) => bestOf(plans.filter((plan) => plan.tier === tier)))
    .find((best) => best !== undefined && fits(best, window));
  const best = fitting ?? bestOf(plans) ?? planOf(drones, { tier: TIERS[0], columns: 1, window });
  return place(drones, best);
}

type Plan = Size & {
  readonly tier: Tier;
  readonly columns: number;
  /** Drones above the hub; the others are below. */
  readonly above: number;
  readonly isNarrow: boolean;
  /** How large it can be drawn. */
  readonly scale: number;
  /** How far it is from the shape of the window; 0 is the same. */
  readonly misfit: number;
};

function plansOf(drones: number, tier: Tier, window: Size): readonly Plan[] {
  const room = Math.floor((window.width - 2 * MARGIN + tier.gapX) / (tier.width + tier.gapX));
  const most = Math.min(Math.max(1, room), Math.max(1, drones));
  return Array.from({ length: most }, (_, index) => planOf(drones, { tier, columns: index + 1, window }));
}

function planOf(
  drones: number,
  { tier, columns, window }: { readonly tier: Tier; readonly columns: number; readonly window: Size },
): Plan {
  const narrow = isNarrow(window);
  const above = narrow || drones <= ONE_SIDE ? 0 : Math.floor(drones / 2);
  const hub = hubSize(narrow);
  const bankHeight = (count: number) => (count === 0 ? 0 : TRUNK + heightOf(tier, Math.ceil(count / columns)));
  const needed = 2 * MARGIN + Math.max(hub.width, columns * (tier.width + tier.gapX) - tier.gapX);
  const width = narrow ? Math.max(needed, window.width) : needed;
  const height = 2 * MARGIN + hub.height + bankHeight(above) + bankHeight(drones - above);
  const across = window.width / width;
  const scale = narrow ? Math.min(1, across) : Math.min(LARGEST_FIT, across, window.height / height);
  const misfit = narrow ? height : Math.abs(Math.log((width / height) * (window.height / window.width)));
  return { tier, columns, above, isNarrow: narrow, width, height, scale, misfit };
}

function bestOf(plans: readonly Plan[]): Plan | undefined {
  return plans.reduce<Plan | undefined>(
    (best, each) => (best === undefined || isBetter(each, best) ? each : best),
    undefined,
  );
}

/** Larger; or hardly smaller, and better in shape. */
function isBetter(a: Plan, b: Plan): boolean {
  return Math.abs(a.scale - b.scale) < HARDLY ? a.misfit < b.misfit : a.scale > b.scale;
}

const HARDLY = 0.02;

function fits(plan: Plan, window: Size): boolean {
  return plan.isNarrow ? plan.width <= window.width && plan.height <= LONGEST * window.height : plan.scale >= 1;
}

function heightOf({ height, gapY }: Tier, rows: number): number {
  return rows * (height + gapY) - gapY;
}

function place(drones: number, plan: Plan): Layout {
  const { tier, columns, above, width, height } = plan;
  const aboveHeight = above === 0 ? 0 : TRUNK + heightOf(tier, Math.ceil(above / columns));
  const top = MARGIN + aboveHeight;
  const { places, links } = hubOf({ x: MARGIN, y: top, width: width - 2 * MARGIN, isNarrow: plan.isNarrow });
  const bottom = top + hubSize(plan.isNarrow).height;
  const shared = { tier, columns, width, control: places.control };
  const banks: readonly Bank[] = [
    { ...shared, count: above, top: MARGIN, trunkY: top - TRUNK / 2, isAbove: true },
    { ...shared, count: drones - above, top: bottom + TRUNK, trunkY: bottom + TRUNK / 2, isAbove: false },
  ];
  const placed = banks.flatMap(placeBank);
  return {
    ...{ width, height, tier, places, links },
    drones: placed.map(({ box }) => box),
    wires: placed.map(({ wire }) => wire),
  };
}
