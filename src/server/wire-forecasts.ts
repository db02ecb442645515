import { openForecaster } from '../adapters/forecast/forecaster.ts';
import type { Deps } from '../app/deps.ts';
import type { ForecastSource } from '../app/forecast-source.ts';
import { createForecasts } from '../app/forecasts.ts';
import type { Plans } from '../app/plans.ts';
import { simulateSwarm } from '../app/simulate-swarm.ts';
import { type GiantRules, giantGroups } from '../core/schedule/giants.ts';
import type { HttpLogger } from '../http/app.ts';
import type { EstimateUseCases } from '../http/estimate-routes.ts';
import type { StreamHall } from '../http/stream-hall.ts';
import { parseCpv } from '../portage/cpv.ts';
import type { ServerSettings } from '../settings/server-settings.ts';

type Parts = {
  readonly source: ForecastSource;
  readonly plans: Plans;
  readonly giants: GiantRules;
  readonly settings: Pick<ServerSettings, 'forecast'>;
  /** Who is told of new forecasts; asked when there are some. */
  readonly hall: () => Pick<StreamHall, 'wantsEstimates' | 'estimated'>;
  readonly logger: HttpLogger | false;
};

/** What foresees and simulates. */
export function wireForecasts(
  deps: Deps,
  { source, plans, giants, settings, hall, logger }: Parts,
): {
  readonly useCases: EstimateUseCases;
  readonly refresh: () => Promise<void>;
  readonly close: () => Promise<void>;
} {
  const { everyMs, timeLimitMs } = settings.forecast;
  const forecaster = openForecaster({ timeLimitMs });
  const forecasts = createForecasts({
    ...deps,
    source,
    forecaster,
    everyMs,
    isFollowed: () => hall().wantsEstimates(),
    onMade: (estimates) => hall().estimated(estimates),
    onError: (err) => logger && logger.warn({ err }, 'no forecast could be made; it is tried again'),
  });
  const groups = giantGroups(giants);
  const groupOf = (cpv: string) => groups(parseCpv(cpv)?.cp ?? cpv);
  return {
    useCases: { forecasts, simulateSwarm: simulateSwarm({ ...deps, source, plans, forecaster, groupOf }) },
    refresh: () => forecasts.refresh(),
    close: () => forecaster.close(),
  };
}
