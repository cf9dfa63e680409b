import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { vi } from 'vitest';

const rtmpModule = '/usr/lib/nginx/modules/ngx_rtmp_module.so';
const isThere = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).error === undefined;

/** What interoperability takes that this machine lacks; empty when it can be tried. */
export function missingForInterop(): string[] {
  const missing: string[] = [];
  if (!isThere('nginx', '-v')) missing.push('nginx');
  if (!existsSync(rtmpModule)) missing.push("nginx's RTMP module");
  for (const program of ['curl', 'openssl']) if (!isThere(program, '--version')) missing.push(program);
  const capture = spawnSync('tshark', ['-i', 'lo', '-a', 'duration:0', '-w', '/dev/null'], { encoding: 'utf8' });
  if (capture.status !== 0) missing.push('leave to capture on the loopback interface (tshark -i lo)');
  return missing;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/**
 * Captures what goes over the loopback interface to and from `port`, until `stop`. Capturing begins some time after it
 * is said to, and reaches the file late: both are told by requests to `markerPort`, whose names are waited for.
 */
export async function captureLoopback(path: string, port: number, markerPort: number) {
  const filter = `tcp port ${port} or tcp port ${markerPort}`;
  const tshark = spawn('tshark', ['-i', 'lo', '-w', path, '-f', filter], { stdio: ['ignore', 'ignore', 'pipe'] });
  await outputOf(tshark, /Capturing on/);
  const mark = (name: string) => run('curl', ['-s', '-o', '/dev/null', `http://127.0.0.1:${markerPort}/${name}`]);
  const has = (name: string): boolean => existsSync(path) && readFileSync(path).includes(name);
  const waiting = { timeout: 20_000, interval: 100 };
  await vi.waitUntil(async () => {
    await mark('begins');
    return has('begins');
  }, waiting);
  return {
    stop: async (): Promise<void> => {
      await mark('is-over');
      await vi.waitUntil(() => has('is-over'), waiting);
      tshark.kill('SIGINT');
      if (tshark.exitCode === null) await once(tshark, 'exit');
    },
  };
}

interface Ports {
  readonly rtmp: number;
  readonly http: number;
  readonly https: number;
}

/** nginx with RTMP, HTTP and HTTPS on loopback; files are those of `folder`/www. */
export async function startNginx(folder: string, ports: Ports): Promise<{ stop(): Promise<void> }> {
  mkdirSync(join(folder, 'www'), { recursive: true });
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'certificate.pem');
  const subject = ['-subj', '/CN=tapdeck.test', '-addext', 'subjectAltName=DNS:tapdeck.test'];
  const pair = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2'];
  spawnSync('openssl', ['req', '-x509', ...pair, ...subject], { stdio: 'ignore' });
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(
    configuration,
    `load_module ${rtmpModule};
daemon off; master_process off; user root; pid ${folder}/nginx.pid; error_log stderr notice;
events {}
rtmp { server { listen 127.0.0.1:${ports.rtmp}; application live { live on; } } }
http {
  access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server { listen 127.0.0.1:${ports.http}; root ${folder}/www; }
  server {
    listen 127.0.0.1:${ports.https} ssl; root ${folder}/www;
    ssl_certificate ${certificate}; ssl_certificate_key ${key}; ssl_protocols TLSv1.2 TLSv1.3;
  }
}
`,
  );
  const nginx = spawn('nginx', ['-c', configuration, '-p', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  await outputOf(nginx, /start worker process|using the "epoll"|OS: Linux/);
  await listening(ports.http);
  return {
    stop: async () => {
      nginx.kill('SIGKILL');
      if (nginx.exitCode === null && nginx.signalCode === null) await once(nginx, 'exit');
    },
  };
}

/** Runs a program to its end; fails with what it said when that was not 0. */
export async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-4000)));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
}

async function outputOf(child: ChildProcess, pattern: RegExp): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
      if (pattern.test(said)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
}

async function listening(port: number): Promise<void> {
  // curl tries again until somebody answers.
  await run('curl', [
    '-s',
    '-o',
    '/dev/null',
    '--retry',
    '20',
    '--retry-connrefused',
    '--retry-delay',
    '1',
    `http://127.0.0.1:${port}/`,
  ]);
}
