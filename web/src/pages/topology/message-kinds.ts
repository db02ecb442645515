/** The signs that move over the map. Shapes tell them apart as well as colours do. */
export const MESSAGE_KINDS = {
  heartbeat: { label: 'Heartbeat', colour: 'var(--text-3)', shape: 'dot', says: 'A drone says that it is there' },
  join: { label: 'Joined', colour: 'var(--text)', shape: 'ring', says: 'A drone came online' },
  work: { label: 'Work', colour: 'var(--delegated)', shape: 'square', says: 'A package is handed out' },
  upload: { label: 'Upload', colour: 'var(--ready)', shape: 'triangle', says: 'A built package is on its way' },
  complete: {
    label: 'Completed',
    colour: 'var(--received)',
    shape: 'circle',
    says: 'A package was built and accepted',
  },
  publish: { label: 'Published', colour: 'var(--received)', shape: 'ring', says: 'It goes to the binhost' },
  fail: {
    label: 'Failure',
    colour: 'var(--failed)',
    shape: 'cross',
    says: 'A build failed, or what it made was refused',
  },
  back: {
    label: 'Given back',
    colour: 'var(--blocked)',
    shape: 'diamond',
    says: 'A package goes back to the queue, or a drone gets no more for a while',
  },
  order: { label: 'Order', colour: 'var(--text)', shape: 'square', says: 'Somebody queued packages or gave an order' },
  fetch: { label: 'Fetched', colour: 'var(--needed)', shape: 'dot', says: 'A file of the binhost is read' },
} as const satisfies Record<string, KindRow>;

type KindRow = {
  readonly label: string;
  /** A colour of the theme. */
  readonly colour: string;
  readonly shape: keyof typeof SHAPES;
  readonly says: string;
};

export type MessageKind = keyof typeof MESSAGE_KINDS;
export const KIND_NAMES = Object.keys(MESSAGE_KINDS) as MessageKind[];

/** Outlines around the middle, about eight wide. */
export const SHAPES = {
  dot: 'M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z',
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  ring: 'M-4.500 0a4.500 4.500 0 1 0 9 0a4.500 4.500 0 1 0-9 0zM-2 0a2 2 0 1 1 4 0a2 2 0 1 1-4 0z',
  square: 'M-3.500-3.500h7v7h-7z',
  triangle: 'M0-4.500L4.500 3.500h-9z',
  diamond: 'M0-5L5 0L0 5L-5 0z',
  cross: 'M-4-2.500L-2.500-4L0-1.500L2.500-4L4-2.500L1.500 0L4 2.500L2.500 4L0 1.500L-2.500 4L-4 2.500L-1.500 0z',
} as const;

/** Whether a word names a kind of message. */
export function isMessageKind(word: string): word is MessageKind {
  return Object.hasOwn(MESSAGE_KINDS, word);
}
