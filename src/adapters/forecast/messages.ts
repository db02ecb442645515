import type { ForecastColumns, ForecastQuestion } from '../../app/forecast-ports.ts';
import type { Study, StudyQuestion } from '../../core/simulate/study.ts';
import type { PackedWorkload } from './packed-workload.ts';

/** What the two threads tell each other: one question, one answer. */
export type ToWorker =
  | ({ readonly kind: 'forecast'; readonly workload: PackedWorkload } & Omit<ForecastQuestion, 'workload'>)
  | ({ readonly kind: 'study'; readonly workload: PackedWorkload } & Omit<StudyQuestion, 'workload'>);

export type FromWorker =
  | { readonly kind: 'answer'; readonly answer: ForecastColumns | Study }
  | { readonly kind: 'refusal'; readonly reason: string };
