import { ReplayService } from '../services/replay-service';
import type { ReplayTarget } from '../services/replay-target';
import createMediaWorker from '../workers/media.worker?nodeWorker';
import { jsonText } from './facts';
import type { ExitCode } from './failure';
import { type AnalysisChoices, type CliContext, loadCapture, reportInterruption } from './session';
import { ProgressLine } from './terminal';

export interface ReplayRequest extends AnalysisChoices {
  readonly file: string;
  readonly json: boolean;
  readonly id: string;
  readonly target: ReplayTarget;
  readonly speed: number;
  readonly isLooping: boolean;
  readonly isRemoteAllowed: boolean;
}

/** `tapdeck replay`: sends a stream again, with the times between its packets. */
export async function runReplay(request: ReplayRequest, context: CliContext): Promise<ExitCode> {
  const { file, id: streamId, target, speed, isLooping, isRemoteAllowed } = request;
  const loaded = await loadCapture([file], context, request);
  const { captures, captureId } = loaded;
  const replays = new ReplayService({ captures, createWorker: () => createMediaWorker({}) });
  const controller = new AbortController();
  context.onEnd(async () => {
    controller.abort();
    await replays.dispose();
  });
  const progress = new ProgressLine(context.stderr);
  const start = { captureId, streamId, target, speed, isLooping, isRemoteAllowed };
  const report = await replays.run(start, controller.signal, (fraction) =>
    progress.show(`${streamId} to ${target.host}  ${Math.floor(100 * fraction)} %`),
  );
  progress.clear();
  const { packets, bytes, cutPackets, seconds } = report;
  if (request.json) context.stdout.write(jsonText({ streamId, ...report }));
  else {
    const cut = cutPackets > 0 ? `, ${cutPackets} left out, of which the capture holds only a part` : '';
    context.stdout.write(`${packets} packets (${bytes} bytes) sent in ${seconds.toFixed(3)} s${cut}\n`);
  }
  return reportInterruption(loaded, context);
}
