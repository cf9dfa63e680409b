import { captureFacts, describeCapture, jsonText, tool } from './facts';
import type { ExitCode } from './failure';
import { type CliContext, loadCapture, reportInterruption } from './session';

/** `tapdeck info`: what the file is, and how much is in it. */
export async function runInfo(file: string, json: boolean, context: CliContext): Promise<ExitCode> {
  const loaded = await loadCapture([file], context);
  const { calls, conversations, diagnostics, streams } = loaded.document;
  const counts = { calls: calls.length, streams: streams.length, diagnostics: diagnostics.length };
  context.stdout.write(
    json
      ? jsonText({ tool, capture: captureFacts(loaded), facts: loaded.summary.facts, conversations, counts })
      : describeCapture(loaded),
  );
  return reportInterruption(loaded, context);
}
