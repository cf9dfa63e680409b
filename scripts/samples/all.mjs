import { buildCallSample } from './call.mjs';

/** Path from the repository's root -> bytes of every generated file. */
export function buildAllFiles() {
  const call = buildCallSample();
  return new Map([
    ['assets/samples/call.pcapng', call.bytes],
    ['assets/samples/call.truth.json', json(call.truth)],
  ]);
}

function json(value) {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
