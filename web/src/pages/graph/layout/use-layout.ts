import { useEffect, useState } from 'react';
import type { LayoutResult, LayoutTask } from './types.ts';

export type LayoutState =
  | { readonly state: 'working' }
  | { readonly state: 'done'; readonly task: LayoutTask; readonly result: LayoutResult }
  | { readonly state: 'failed'; readonly error: Error };

/** The layout of a task, worked out beside the page; the one before stays until the next is there. */
export function useLayout(task: LayoutTask | undefined): LayoutState {
  const [state, setState] = useState<LayoutState>({ state: 'working' });
  useEffect(() => {
    if (task === undefined) return;
    const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<LayoutResult>) => {
      setState({ state: 'done', task, result: data });
      worker.terminate();
    });
    worker.addEventListener('error', (event) => {
      setState({ state: 'failed', error: new Error(`The graph could not be laid out: ${event.message}`) });
    });
    worker.postMessage(task);
    return () => worker.terminate();
  }, [task]);
  return state;
}
