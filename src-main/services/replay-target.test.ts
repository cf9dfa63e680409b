import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertAllowed, isLoopback, parseTarget } from './replay-target';

describe('where a replay may go', () => {
  it.each([
    ['127.0.0.1:5004', '127.0.0.1', 5004],
    ['[::1]:5004', '::1', 5004],
    ['localhost', 'localhost', null],
    [' 239.1.1.1:6000 ', '239.1.1.1', 6000],
  ])('reads %j', (text, host, port) => {
    expect(parseTarget(text)).toEqual({ ok: true, value: { host, port } });
  });

  it.each(['', ':5004', '127.0.0.1:', '127.0.0.1:0', '127.0.0.1:65536', '::1:5', 'a b:5'])('refuses %j', (text) => {
    expect(parseTarget(text)).toMatchObject({ ok: false, error: { code: 'bad-target' } });
  });

  it('is this machine unless a person says otherwise', () => {
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) expect(isLoopback(host), host).toBe(true);
    const others = ['10.0.0.1', '0.0.0.0', '127.0.0.1.example.com', '1270.0.0.1', '::', '::ffff:10.0.0.1', '239.1.1.1'];
    for (const host of others) {
      expect(assertAllowed({ host, port: 1 }, false), host).toMatchObject({ error: { code: 'replay-not-local' } });
      expect(assertAllowed({ host, port: 1 }, true).ok).toBe(true);
    }
    fc.assert(fc.property(fc.string(), (text) => void parseTarget(text)));
  });
});
