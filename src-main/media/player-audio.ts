import { rm } from 'node:fs/promises';
import { wav } from '#engine/containers/wav';
import { planRender } from './lanes';
import { PeakCollector } from './peaks';
import { factsOf, lanesOf, type RenderedLane, type RenderFacts, type RenderOptions, renderFile } from './render';
import { withSounds } from './sound/stream-sounds';
import { type MediaInput, withReader } from './source';

/** What a player shows beside the sound. */
export interface PlayerAudio {
  readonly facts: RenderFacts;
  /** One a channel of the file. */
  readonly lanes: readonly RenderedLane[];
}

/** Writes the audio of a call or a stream as WAV, one channel a lane, and collects waveforms and markers meanwhile. */
export function renderPlayerAudio(input: MediaInput, path: string, options: RenderOptions): Promise<PlayerAudio> {
  return withReader(input, (reader) =>
    withSounds(input, reader, options, async (source, rest) => {
      const plan = planRender(source, reader);
      const peaks = new PeakCollector(plan.samples, plan.sampleRateHz, plan.channels);
      try {
        await renderFile(plan, reader, wav, path, { ...rest, onBlock: (block) => peaks.push(block) });
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      return { facts: factsOf(plan), lanes: lanesOf(plan, peaks) };
    }),
  );
}
