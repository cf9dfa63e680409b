import { describe, expect, it } from 'vitest';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { CollectedConnection, contextWith } from './testing/collect-inside';
import { earlyLine, resumed, resumedLog, simple, simpleLog, type Trace } from './testing/rfc8448-traces';

/** What both sides say in the traces: the numbers from 0 to 49. */
const numbers = Uint8Array.from({ length: 50 }, (_, i) => i);

function feed(trace: Trace, keyLog: string): CollectedConnection {
  const wire = trace.map(([direction, bytes]) => ({ direction, bytes }));
  return new CollectedConnection(contextWith(nodeCipherSuite, keyLog)).feedAll(wire);
}

describe('the traces of RFC 8448', () => {
  it('section 3: a handshake of one round trip', () => {
    const { facts, inside, sink } = feed(simple, simpleLog);
    expect(inside).toEqual([[...numbers], [...numbers]]);
    expect(sink.reports).toEqual([]);
    expect(facts).toMatchObject({
      serverName: 'server',
      version: 0x0304,
      cipherSuite: 0x1301,
      certificate: { subject: 'rsa', issuer: 'rsa', alternatives: [] },
      isResumed: false,
      protectedRecords: 7,
      openedRecords: 7,
    });
  });

  it('section 3 with the traffic secrets alone: the handshake stays closed, nothing else', () => {
    const { facts, inside, sink } = feed(simple, simpleLog.replaceAll(/^.*HANDSHAKE.*$/gm, ''));
    expect(inside).toEqual([[...numbers], [...numbers]]);
    expect(sink.reports).toEqual([]);
    expect(facts).toMatchObject({ certificate: null, protectedRecords: 7, openedRecords: 5, failedRecords: 0 });
  });

  it('section 3 with the handshake secrets alone: the content stays closed', () => {
    const { facts, inside, sink } = feed(simple, simpleLog.replaceAll(/^.*TRAFFIC_SECRET_0.*$/gm, ''));
    expect(inside).toEqual([[], []]);
    expect(sink.reports).toEqual([]);
    expect(facts).toMatchObject({ certificate: { subject: 'rsa' }, openedRecords: 2, failedRecords: 0 });
  });

  it('section 3 without its ServerHello: the suite is found by trying those offered', () => {
    const connection = new CollectedConnection(contextWith(nodeCipherSuite, simpleLog));
    simple.forEach(([direction, bytes], i) => {
      if (i === 1) connection.lose(direction, bytes.length);
      else connection.feed(direction, bytes);
    });
    expect(connection.end().inside).toEqual([[...numbers], [...numbers]]);
  });

  it('section 3 when the capture has the client before the server', () => {
    const order = [0, 3, 5, 7, 1, 2, 4, 6, 8];
    const { inside, facts } = feed(
      order.map((i) => simple[i]),
      simpleLog,
    );
    expect(inside).toEqual([[...numbers], [...numbers]]);
    expect(facts.openedRecords).toBe(7);
  });

  it('section 3 when the capture has the ServerHello before the ClientHello', () => {
    const order = [1, 0, 2, 3, 4, 5, 6, 7, 8];
    const { inside } = feed(
      order.map((i) => simple[i]),
      simpleLog,
    );
    expect(inside).toEqual([[...numbers], [...numbers]]);
  });

  it('section 4: resumed, with early data', () => {
    const { facts, inside, sink } = feed(resumed, resumedLog + earlyLine);
    expect(inside).toEqual([[...Buffer.from('ABCDEF'), ...numbers], [...numbers]]);
    expect(sink.reports).toEqual([]);
    expect(facts).toMatchObject({ isResumed: true, hasEarlyData: true, protectedRecords: 8, openedRecords: 8 });
  });

  it('section 4 without the secret of the early data: that stays closed, nothing else', () => {
    const { facts, inside, sink } = feed(resumed, resumedLog);
    expect(inside).toEqual([[...numbers], [...numbers]]);
    expect(sink.reports).toEqual([]);
    expect(facts).toMatchObject({ hasEarlyData: false, protectedRecords: 8, openedRecords: 6, failedRecords: 0 });
  });
});
