import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '../../../../src/client/api-error.ts';
import { api } from '../../api/api.ts';
import type { Answer } from './results.ts';

/** What is wrong with a query; `offset` is where, counted in characters of the editor's text. */
export type QueryFailure = {
  readonly error: unknown;
  readonly offset: number | undefined;
  readonly where: string | undefined;
};

export type QueryRun =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly since: number; readonly before: Answer | undefined }
  | { readonly state: 'done'; readonly answer: Answer }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly failure: QueryFailure };

/** Runs one query at a time; another one, or leaving the page, ends the one before. */
export function useQueryRun() {
  const [run, setRun] = useState<QueryRun>({ state: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  /** `from` is where the query begins in the editor's text. Resolves to whether it was answered. */
  const start = useCallback(async (sql: string, limit: number, from: number): Promise<boolean> => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setRun((before) => ({
      ...{ state: 'running', since: Date.now() },
      before: before.state === 'done' ? before.answer : undefined,
    }));
    try {
      const answer = await whenThereIsRoom(() => api.sqlQuery({ query: { q: sql, limit } }, { signal: mine.signal }));
      setRun({ state: 'done', answer });
      return true;
    } catch (error) {
      if (mine.signal.aborted) {
        // Whoever began another one has said so already.
        if (running.current === mine) setRun({ state: 'stopped' });
        return false;
      }
      setRun({ state: 'failed', failure: failureOf(error, from) });
      return false;
    }
  }, []);
  const stop = useCallback(() => running.current?.abort(), []);
  return { run, start, stop };
}

/** Only a few questions are answered at a time; others have to wait a little. */
export const BUSY_TRIES = 12;
export const BUSY_MS = 300;

/** Whether the control plane answers as many questions as it does at a time. */
export function isBusy(error: unknown): boolean {
  return error instanceof ApiError && error.status === 429;
}

async function whenThereIsRoom<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!isBusy(error) || tries >= BUSY_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    }
  }
}

function failureOf(error: unknown, from: number): QueryFailure {
  const position = error instanceof ApiError ? positionIn(error.body) : undefined;
  if (position === undefined) return { error, offset: undefined, where: undefined };
  const where = from === 0 ? `Line ${position.line}, column ${position.column}` : undefined;
  return { error, offset: from + position.offset, where };
}

function positionIn(body: unknown) {
  if (typeof body !== 'object' || body === null || !('position' in body)) return undefined;
  const { position } = body;
  if (typeof position !== 'object' || position === null) return undefined;
  const { offset, line, column } = position as Record<string, unknown>;
  return typeof offset === 'number' && typeof line === 'number' && typeof column === 'number'
    ? { offset, line, column }
    : undefined;
}
