import { spawn } from 'node:child_process';
import { Refusal, say } from './console.mjs';
import { run } from './process.mjs';
import { installPackages } from './system.mjs';

/** Whether a window can be shown here. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Runs `task(env)` with a display: the one that is there, or one in memory (Xvfb) that ends with the task. */
export async function withDisplay(task) {
  if (hasDisplay()) return task(process.env);
  if ((await run('Xvfb', ['-help'])).code === null && !(await installPackages(['xvfb'], 'No display and no Xvfb'))) {
    throw new Refusal('Without a display the window cannot be tested.');
  }
  say('no display: using one in memory (Xvfb).');
  const args = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  try {
    const display = await new Promise((resolve, reject) => {
      let text = '';
      server.stdio[3].setEncoding('utf8').on('data', (part) => {
        text += part;
        if (text.includes('\n')) resolve(text.trim());
      });
      server.on('error', reject);
      server.on('exit', (code) => reject(new Refusal(`Xvfb ended before it was ready (exit code ${code}).`)));
    });
    return await task({ ...process.env, DISPLAY: `:${display}` });
  } finally {
    server.kill();
  }
}
