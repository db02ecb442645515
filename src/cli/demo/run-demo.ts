import { join } from 'node:path';
import { dataDir } from '../../platform/paths.ts';
import { count } from '../output/text.ts';
import { type DataDirectory, inDataDirectory, removeDirectory } from './data-directory.ts';
import { readExpectations } from './expectations.ts';
import { Interrupted, type Interruption, watchInterruption } from './interruption.ts';
import type { DemoOptions } from './options.ts';
import { endOwnChildren, killOwnChildren } from './own-children.ts';
import { type Play, perform } from './perform.ts';
import { assertPortIsFree } from './set-up.ts';
import { openStage, type Stage } from './stage.ts';

/**
 * The main job from end to end on this machine. Gives the exit status; whatever happens, nothing that was
 * started is left, and no data but what was to be kept (or shows why it failed, until the next demo).
 */
export async function runDemo(options: DemoOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const stage = openStage(options.asJson ? process.stderr : process.stdout, env);
  const interruption = watchInterruption();
  process.once('exit', killOwnChildren);
  stage.print(stage.style.bold(`Build Swarm demo with ${count(options.drones, 'drone')}`));
  try {
    await assertPortIsFree(options.port);
    let hasBegun = false;
    const ended = inDataDirectory(options, dataDir(env), (data) => {
      hasBegun = true;
      return playIn(data, { options, env, stage, interruption });
    });
    // What has begun is taken down by itself; before that there is nothing to wait for.
    const interrupted = interruption.raised.catch((error: unknown) => (hasBegun ? ended : Promise.reject(error)));
    return await Promise.race([ended, interrupted]);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return error.exitCode;
  }
}

type Circumstances = {
  readonly options: DemoOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly stage: Stage;
  readonly interruption: Interruption;
};

async function playIn(data: DataDirectory, { options, env, stage, interruption }: Circumstances): Promise<number> {
  const play: Play = {
    ...{ options, env, stage, interruption, data },
    expectations: await readExpectations(options),
    fleet: undefined,
    isWorthALook: false,
  };
  let hasFailed = true;
  try {
    const exitCode = await Promise.race([interruption.raised, perform(play)]);
    hasFailed = exitCode !== 0;
    return exitCode;
  } catch (error) {
    hasFailed = !(error instanceof Interrupted);
    throw error;
  } finally {
    await takeDown(play, hasFailed && play.isWorthALook);
  }
}

async function takeDown({ stage, interruption, fleet, data }: Play, isWorthALook: boolean): Promise<void> {
  stage.clear();
  if (interruption.signal.aborted) stage.print(`\nStopping everything that was started ${stage.style.signs.more}`);
  if (isWorthALook && !data.isKept) stage.print(`Kept until the next demo, to find out why: ${join(data.dir, 'logs')}`);
  stage.mute();
  interruption.end();
  await fleet?.stop(interruption.hurry);
  await endOwnChildren();
  if (!data.isKept && !isWorthALook) await removeDirectory(data.dir);
}
