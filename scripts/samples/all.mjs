import { buildCallSample } from './call.mjs';
import { buildFixtures } from './fixtures.mjs';
import { buildIcons } from './icon.mjs';

/** Path from the repository's root -> bytes of every generated file. */
export function buildAllFiles() {
  const call = buildCallSample();
  const files = new Map([
    ['assets/samples/call.pcapng', call.bytes],
    ['assets/samples/call.truth.json', Buffer.from(`${JSON.stringify(call.truth, null, 2)}\n`)],
    ...buildIcons(),
  ]);
  for (const [name, bytes] of buildFixtures()) files.set(`e2e/fixtures/captures/${name}`, bytes);
  return files;
}
