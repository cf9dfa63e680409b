import { ensureBuilt } from './build.mjs';
import { resolveElectron } from './electron.mjs';

/** Before the first end-to-end test: a fresh build and an Electron, told to the fixtures by the environment. */
// Playwright takes a default export only.
export default async function setup() {
  await ensureBuilt();
  process.env.TAPDECK_E2E_RUNTIME = JSON.stringify(await resolveElectron());
}
