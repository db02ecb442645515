import { layOut } from './lay-out.ts';
import type { LayoutTask } from './types.ts';

// One task a worker: whoever has another one ends it and starts the next.
addEventListener('message', ({ data }: MessageEvent<LayoutTask>) => postMessage(layOut(data)));
