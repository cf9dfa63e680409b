/**
 * Reads a capture to its end with Tapdeck's own reader, alone, and prints how many packets it gave. It imports
 * TypeScript: `run.mjs` bundles it first.
 */

import { Frame } from '../src-main/engine/capture/frame.ts';
import { openCapture } from '../src-main/engine/capture/open.ts';
import { FileSource } from '../src-main/workers/file-source.ts';

const source = new FileSource(process.argv[2]);
const opened = openCapture(source, { report: () => undefined });
if (!opened.ok) throw new Error(opened.error.message);
const frame = new Frame();
let packets = 0;
while (opened.value.next(frame)) packets += 1;
source.close();
console.log(packets);
