import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { AnalysisDocument } from '#shared/model/analysis-document';
import { repoRoot } from './truth';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a user would. */
export function tapdeck(args: readonly string[], options: { readonly input?: Buffer } = {}): Promise<CliRun> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(repoRoot, 'bin/tapdeck.mjs'), ...args],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
    child.stdin?.end(options.input);
  });
}

export async function analyze(path: string): Promise<AnalysisDocument> {
  const { code, stdout, stderr } = await tapdeck(['analyze', '--json', path]);
  if (code !== 0) throw new Error(`analyze ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as AnalysisDocument;
}
