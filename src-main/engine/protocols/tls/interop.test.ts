import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { CollectedConnection, contextWith } from './testing/collect-inside';
import { hasOpenssl, recordOpenssl } from './testing/openssl-peers';
import { type Identity, selfSigned } from './testing/self-signed';
import { recordTls, type Recording } from './testing/tls-peers';
import { suiteName, versionName } from './index';

/** Sizes around the limits of a record, and an empty-looking last block of CBC. */
const exchanges = [
  [Buffer.from('GET / HTTP/1.1\r\nHost: media.example\r\n\r\n'), Buffer.from('HTTP/1.1 200 OK\r\n\r\n')],
  [randomBytes(1), randomBytes(16_384)],
  [randomBytes(15), randomBytes(40_000)],
  [randomBytes(16_385), randomBytes(17)],
] as const;

let rsa: Identity;
let ec: Identity;
beforeAll(() => {
  rsa = selfSigned('rsa', 'rsa.example', ['rsa.example', '*.rsa.example']);
  ec = selfSigned('ec', 'ec.example', ['ec.example', 'media.example']);
});

function opened(recording: Recording, context = contextWith(nodeCipherSuite, recording.keyLog)): CollectedConnection {
  const connection = new CollectedConnection(context).feedAll(recording.wire);
  const { facts } = connection;
  expect(connection.sink.reports).toEqual([]);
  expect(connection.gaps).toEqual([]);
  expect(facts.failedRecords).toBe(0);
  expect(Buffer.from(connection.content(0)).equals(Buffer.from(recording.received[1]))).toBe(true);
  expect(Buffer.from(connection.content(1)).equals(Buffer.from(recording.received[0]))).toBe(true);
  expect(facts.openedRecords).toBe(facts.protectedRecords);
  expect(suiteName(facts.cipherSuite ?? 0)).toBe(recording.suite);
  return connection;
}

/** Options of OpenSSL. */
const noEncryptThenMac = 0x80000;
const noTickets = 0x4000;

describe('what a TLS client and server of Node said to each other', { timeout: 30_000 }, () => {
  const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2'] as const;
  const suites = {
    TLSv1: ['ECDHE-RSA-AES128-SHA', 'AES256-SHA'],
    'TLSv1.1': ['ECDHE-RSA-AES256-SHA', 'AES128-SHA'],
    'TLSv1.2': [
      'ECDHE-RSA-AES128-GCM-SHA256',
      'ECDHE-RSA-AES256-GCM-SHA384',
      'AES128-CCM',
      'AES256-CCM',
      'AES128-CCM8',
      'AES256-CCM8',
      'AES128-SHA',
      'AES256-SHA',
      'AES128-SHA256',
      'AES256-SHA256',
      'ECDHE-RSA-AES128-SHA256',
      'ECDHE-RSA-AES256-SHA384',
      'ECDHE-RSA-CHACHA20-POLY1305',
    ],
  } as const;
  const cases = versions.flatMap((version) =>
    suites[version].flatMap((suite) =>
      (/SHA(256|384)?$/.test(suite) && !suite.includes('GCM') ? [true, false] : [false]).map((etm) => ({
        version,
        suite,
        etm,
      })),
    ),
  );

  it.each(cases)('$version $suite, encrypt-then-MAC: $etm', async ({ version, suite, etm }) => {
    const common = {
      minVersion: version,
      maxVersion: version,
      ciphers: `${suite}:@SECLEVEL=0`,
      secureOptions: etm ? 0 : noEncryptThenMac,
    };
    const recording = await recordTls({ identity: rsa, client: common, server: common, exchanges });
    const { facts } = opened(recording);
    expect(recording.version).toBe(version);
    expect(versionName(facts.version ?? 0)).toBe(version === 'TLSv1' ? 'TLS 1.0' : version.replace('v', ' '));
    expect(facts.hasEncryptThenMac).toBe(etm);
    expect(facts.hasExtendedMasterSecret).toBe(true);
    expect(facts.isResumed).toBe(false);
    expect(facts.certificate).toMatchObject({
      subject: 'rsa.example',
      issuer: 'rsa.example',
      alternatives: ['rsa.example', '*.rsa.example', '192.0.2.7'],
    });
  });

  it.each([
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_CCM_SHA256',
    'TLS_AES_128_CCM_8_SHA256',
  ])('TLSv1.3 %s', async (ciphers) => {
    const common = {
      minVersion: 'TLSv1.3',
      ciphers: `${ciphers}:DEFAULT@SECLEVEL=0`,
      ALPNProtocols: ['h2', 'http/1.1'],
    } as const;
    const client = { ...common, servername: 'media.example' };
    const { facts } = opened(await recordTls({ identity: ec, client, server: common, exchanges }));
    expect(facts).toMatchObject({ serverName: 'media.example', offeredAlpn: ['h2', 'http/1.1'], alpn: 'h2' });
    expect(facts.certificate?.alternatives).toContain('media.example');
    expect(facts.client).toBe(0);
  });

  it('asks the client for another key share (HelloRetryRequest)', async () => {
    const recording = await recordTls({
      identity: ec,
      client: { minVersion: 'TLSv1.3', ecdhCurve: 'X25519:P-384' },
      server: { minVersion: 'TLSv1.3', ecdhCurve: 'P-384' },
      exchanges,
    });
    expect(opened(recording).facts).toMatchObject({ hasRetry: true, hasServerHello: true });
  });

  it('asks the client for its certificate', async () => {
    const server = { requestCert: true, rejectUnauthorized: false };
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const client = { key: rsa.key, cert: rsa.cert, maxVersion };
      const { facts } = opened(await recordTls({ identity: ec, client, server, exchanges }));
      expect(facts.certificate?.subject).toBe('ec.example');
      expect(facts.clientCertificate?.subject).toBe('rsa.example');
    }
  });

  it.each([
    ['by ticket', 0],
    ['by id', noTickets],
  ])('resumes a session of TLS 1.2 %s, with the secret of the one before', async (_, secureOptions) => {
    const common = { maxVersion: 'TLSv1.2', secureOptions } as const;
    const server = { ...common, ticketKeys: randomBytes(48), sessionIdContext: 'media' };
    const sessions = new Map<string, Buffer>();
    const first = await recordTls({ identity: ec, client: common, server, exchanges, sessions });
    const client = { ...common, session: first.session ?? undefined };
    const second = await recordTls({ identity: ec, client, server, exchanges, sessions });
    expect(second.isReused).toBe(true);
    expect(sessions.size).toBe(secureOptions === 0 ? 0 : 1);
    const context = contextWith(nodeCipherSuite, first.keyLog);
    expect(opened(first, context).facts.isResumed).toBe(false);
    expect(opened(second, context).facts.isResumed).toBe(true);
  });

  it('resumes a session of TLS 1.3 (PSK)', async () => {
    const server = { ticketKeys: randomBytes(48), sessionIdContext: 'media' };
    const first = await recordTls({ identity: ec, server, exchanges });
    const client = { session: first.session ?? undefined };
    const second = await recordTls({ identity: ec, client, server, exchanges });
    expect(second.isReused).toBe(true);
    expect(opened(second).facts.isResumed).toBe(true);
  });

  it('negotiates anew within a connection of TLS 1.2', async () => {
    for (const ciphers of ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-SHA']) {
      const common = { maxVersion: 'TLSv1.2', ciphers } as const;
      const recording = await recordTls({
        identity: ec,
        client: common,
        server: common,
        exchanges,
        renegotiateBefore: 2,
      });
      opened(recording);
    }
  });

  it('stays closed without secrets, and says what is there', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const client = { maxVersion, servername: 'media.example' };
      const recording = await recordTls({ identity: ec, client, exchanges });
      const { facts, events, claims } = new CollectedConnection(contextWith(nodeCipherSuite, '')).feedAll(
        recording.wire,
      );
      expect(events).toEqual([]);
      expect(claims).toEqual(['TLS']);
      expect(facts).toMatchObject({ serverName: 'media.example', openedRecords: 0, failedRecords: 0, origin: null });
      expect(facts.applicationBytes).toBeGreaterThan(70_000);
    }
  });
});

describe.skipIf(!hasOpenssl)('what OpenSSL said to itself', () => {
  it('updates the keys of one direction, and of both', async () => {
    const lines = ['the first line', 'k', 'behind a key update', 'K', 'behind another', 'k', 'k', 'the last line'];
    const { wire, keyLog } = await recordOpenssl(ec, lines);
    const connection = new CollectedConnection(contextWith(nodeCipherSuite, keyLog)).feedAll(wire);
    const said = lines.filter((line) => line.length > 1);
    expect(Buffer.from(connection.content(0)).toString()).toBe(said.map((line) => `${line}\n`).join(''));
    for (const line of said) {
      expect(Buffer.from(connection.content(1)).toString()).toContain([...line].reverse().join(''));
    }
    expect(connection.sink.reports).toEqual([]);
    expect(connection.facts.keyUpdates).toBeGreaterThanOrEqual(5);
    expect(connection.facts.openedRecords).toBe(connection.facts.protectedRecords);
  }, 30_000);
});
