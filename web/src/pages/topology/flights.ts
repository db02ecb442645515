import { lineOf, type Point, pointAt, type Route, routeOf } from './geometry.ts';
import { MESSAGE_KINDS, type MessageKind, SHAPES } from './message-kinds.ts';

/** What moves over the map. It is drawn past React: a message would be drawn sixty times a second for its own sake. */
export type Flights = {
  /** Lets a message go along these points, after so many milliseconds. */
  readonly send: (points: readonly Point[], kind: MessageKind, delayMs: number) => void;
  /** Shows for a moment where it goes, without moving. */
  readonly flash: (points: readonly Point[], kind: MessageKind) => void;
  /** Nothing moves any more. */
  readonly clear: () => void;
};

type Flight = {
  readonly route: Route;
  readonly sign: SVGPathElement;
  readonly startsAt: number;
  readonly takesMs: number;
};

const SVG = 'http://www.w3.org/2000/svg';
/** So many at once are told apart; a map of two hundred drones has more heartbeats than that. */
const MOST = 140;
/** Beyond it heartbeats are left out. */
const MANY = 70;
const [SHORTEST_MS, LONGEST_MS, MS_A_UNIT] = [550, 1500, 2.2];
const FLASH_MS = 900;

/** Draws into `layer`, which is nobody else's. */
export function createFlights(layer: SVGGElement): Flights {
  const flying = new Set<Flight>();
  const flashes = new Set<ReturnType<typeof setTimeout>>();
  let frame: number | undefined;
  const draw = (now: number) => {
    for (const flight of flying) {
      const gone = (now - flight.startsAt) / flight.takesMs;
      if (gone >= 1) {
        flight.sign.remove();
        flying.delete(flight);
      } else if (gone >= 0) {
        const [x, y] = pointAt(flight.route, eased(gone));
        flight.sign.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
        if (!flight.sign.isConnected) layer.append(flight.sign);
      }
    }
    frame = flying.size === 0 ? undefined : requestAnimationFrame(draw);
  };
  return {
    send: (points, kind, delayMs) => {
      // Nobody looks; they would all start at once when somebody does.
      if (document.hidden || flying.size > (kind === 'heartbeat' ? MANY : MOST)) return;
      const route = routeOf(points);
      const takesMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, route.length * MS_A_UNIT));
      flying.add({ route, sign: signOf(kind), startsAt: performance.now() + delayMs, takesMs });
      frame ??= requestAnimationFrame(draw);
    },
    flash: (points, kind) => {
      const line = document.createElementNS(SVG, 'path');
      line.setAttribute('d', lineOf(points));
      line.setAttribute('fill', 'none');
      line.setAttribute('stroke', MESSAGE_KINDS[kind].colour);
      line.setAttribute('stroke-width', '2.5');
      layer.append(line);
      const timer = setTimeout(() => {
        flashes.delete(timer);
        line.remove();
      }, FLASH_MS);
      flashes.add(timer);
    },
    clear: () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      frame = undefined;
      flying.clear();
      for (const timer of flashes) clearTimeout(timer);
      flashes.clear();
      layer.replaceChildren();
    },
  };
}

function signOf(kind: MessageKind): SVGPathElement {
  const { shape, colour } = MESSAGE_KINDS[kind];
  const sign = document.createElementNS(SVG, 'path');
  sign.setAttribute('d', SHAPES[shape]);
  sign.setAttribute('fill', colour);
  sign.setAttribute('fill-rule', 'evenodd');
  sign.dataset['kind'] = kind;
  return sign;
}

/** Slow at both ends. */
function eased(share: number): number {
  return share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) * (1 - share);
}
