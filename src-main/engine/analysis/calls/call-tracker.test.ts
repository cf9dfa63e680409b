import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Text } from '../../bytes/text';
import { at, type ScriptMessage, SipScript, streamRow } from './testing/sip-script';

const alice = at('192.0.2.1:5060');
const proxy = at('192.0.2.5:5060');
const bob = at('192.0.2.2:5060');

type Facts = Omit<ScriptMessage, 'what' | 'atMs' | 'from' | 'to'>;
const toBob = (what: string, atMs: number, facts: Facts = {}): ScriptMessage => ({
  what,
  atMs,
  from: alice,
  to: bob,
  ...facts,
});
const toAlice = (what: string, atMs: number, facts: Facts = {}): ScriptMessage => ({
  what,
  atMs,
  from: bob,
  to: alice,
  ...facts,
});
const tagged = { calleeTag: 'callee' };

const invite = toBob('INVITE', 100, { mediaPort: 4000 });
const trying = toAlice('100 INVITE', 110);
const ringing = toAlice('180 INVITE', 200, tagged);
const answer = toAlice('200 INVITE', 1100, { ...tagged, mediaPort: 5000 });
const ack = toBob('ACK', 1110, tagged);
const bye = toBob('BYE', 5100, { ...tagged, cseq: 2 });
const byeDone = toAlice('200 BYE', 5110, { ...tagged, cseq: 2 });
const failed = (status: number, atMs = 2000): ScriptMessage[] => [
  toAlice(`${status} INVITE`, atMs, tagged),
  toBob('ACK', atMs + 5, { ...tagged, branch: 'z9hG4bK-1-INVITE' }),
];

/** State of a capture with these messages that ends at the last of them, or at `endMs`. */
function stateOf(messages: readonly ScriptMessage[], endMs?: number) {
  const script = new SipScript().send(...messages);
  script.tracker.finish((endMs ?? messages.at(-1)?.atMs ?? 0) * 1e6);
  const { state, finalStatus } = script.call;
  return finalStatus === null ? state : `${state} ${finalStatus}`;
}

describe('CallTracker: states', () => {
  it('follows a call from the INVITE to the BYE', () => {
    expect(stateOf([invite])).toBe('setup');
    expect(stateOf([invite, trying])).toBe('setup');
    expect(stateOf([invite, trying, ringing])).toBe('ringing');
    expect(stateOf([invite, trying, ringing, answer])).toBe('in-call 200');
    expect(stateOf([invite, trying, ringing, answer, ack])).toBe('in-call 200');
    expect(stateOf([invite, trying, ringing, answer, ack, bye, byeDone])).toBe('completed 200');
  });

  it('tells why a call failed', () => {
    expect(stateOf([invite, ringing, ...failed(486)])).toBe('rejected 486');
    expect(stateOf([invite, ...failed(404)])).toBe('rejected 404');
    expect(stateOf([invite, ringing, ...failed(603)])).toBe('rejected 603');
    expect(stateOf([invite, ...failed(302)])).toBe('rejected 302');
    expect(stateOf([invite, ringing, ...failed(480)])).toBe('no-answer 480');
    expect(stateOf([invite, ringing, ...failed(408)])).toBe('no-answer 408');
    expect(stateOf([invite, ...failed(503)])).toBe('failed 503');
    expect(stateOf([invite, ...failed(407)])).toBe('failed 407');
    expect(stateOf([invite, ...failed(488)])).toBe('rejected 488');
  });

  it('knows that the caller gave up', () => {
    const cancel = toBob('CANCEL', 1500, { branch: 'z9hG4bK-1-INVITE' });
    expect(stateOf([invite, ringing, cancel])).toBe('cancelled');
    expect(stateOf([invite, ringing, cancel, toAlice('200 CANCEL', 1510, tagged), ...failed(487)])).toBe(
      'cancelled 487',
    );
    expect(stateOf([invite, ringing, toBob('BYE', 1500, { ...tagged, cseq: 2 })])).toBe('cancelled');
    // The answer was faster than the CANCEL (RFC 3261, section 9.1).
    expect(stateOf([invite, ringing, cancel, answer])).toBe('in-call 200');
  });

  it('calls an INVITE without any response unanswered once it was repeated or is old', () => {
    const again = [600, 1600, 3600].map((atMs) => ({ ...invite, atMs }));
    expect(stateOf([invite, ...again.slice(0, 2)])).toBe('setup');
    expect(stateOf([invite, ...again])).toBe('no-answer');
    expect(stateOf([invite], 32_099)).toBe('setup');
    expect(stateOf([invite], 32_100)).toBe('no-answer');
    expect(stateOf([invite, ...again, trying])).toBe('setup');
  });

  it('takes an INVITE repeated with credentials for the same call', () => {
    const script = new SipScript().send(
      invite,
      ...failed(407, 120),
      { ...invite, cseq: 2, atMs: 140 },
      toAlice('180 INVITE', 150, { ...tagged, cseq: 2 }),
      toAlice('200 INVITE', 1100, { ...tagged, cseq: 2 }),
    );
    expect(script.tracker.count).toBe(1);
    expect(script.call).toMatchObject({ state: 'in-call', finalStatus: 200, setupSeconds: 1 });
    expect(stateOf([invite, ...failed(407, 120), { ...invite, cseq: 2, atMs: 140 }])).toBe('setup');
  });

  it('is not misled by INVITEs within the call', () => {
    const hold = { ...tagged, cseq: 2, mediaPort: 4000, headers: ['X-Hold: yes'] };
    const messages = [invite, ringing, answer, ack, toBob('INVITE', 2000, hold), toAlice('488 INVITE', 2010, hold)];
    expect(stateOf(messages)).toBe('in-call 200');
    const byCallee = [
      toAlice('INVITE', 2000, { calleeTag: 'callee', isFromCallee: true }),
      toBob('491 INVITE', 2010, { ...tagged, isFromCallee: true }),
    ];
    expect(stateOf([invite, ringing, answer, ack, ...byCallee])).toBe('in-call 200');
  });

  it('ends only when every fork that answered has ended', () => {
    const fork = { calleeTag: 'fork', cseq: 1 };
    const second = toAlice('200 INVITE', 1200, fork);
    const byeFork = toBob('BYE', 1300, { calleeTag: 'fork', cseq: 2, branch: 'z9hG4bKfork' });
    expect(stateOf([invite, answer, second, ack, byeFork])).toBe('in-call 200');
    expect(stateOf([invite, answer, second, ack, byeFork, bye])).toBe('completed 200');
  });

  it('joins a call in the middle', () => {
    expect(stateOf([ack])).toBe('in-call');
    expect(stateOf([bye, byeDone])).toBe('completed');
    expect(
      stateOf([
        toAlice('INVITE', 10, { ...tagged, isFromCallee: true }),
        toBob('200 INVITE', 20, { ...tagged, isFromCallee: true }),
      ]),
    ).toBe('in-call');
    expect(stateOf([ringing])).toBe('ringing');
    const answered = new SipScript().send(answer, ack, bye);
    expect(answered.call).toMatchObject({ state: 'completed', setupSeconds: null, durationSeconds: 4 });
    expect(new SipScript().send(ack, bye).call).toMatchObject({ setupSeconds: null, durationSeconds: null });
  });

  it('needs an INVITE or what follows one', () => {
    const script = new SipScript().send(
      toBob('REGISTER', 10),
      toAlice('401 REGISTER', 20),
      toBob('OPTIONS', 30, { callId: 'other' }),
      toAlice('200 OPTIONS', 40, { callId: 'other' }),
    );
    expect(script.tracker.count).toBe(0);
    // A REGISTER with the Call-ID of the call belongs to its flow, but the call begins with the INVITE.
    script.send(invite);
    expect(script.tracker.count).toBe(1);
    expect(script.call).toMatchObject({ messages: 3, startSeconds: 0.1 });
    expect(script.tracker.ladder('call-1', [])?.items).toHaveLength(3);
  });
});

describe('CallTracker: rows', () => {
  it('shows parties, times and counts', () => {
    const script = new SipScript().send(invite, { ...invite, atMs: 600 }, trying, ringing, answer, ack, bye, byeDone);
    script.tracker.finish(9e9);
    expect(script.call).toEqual({
      id: 'call-1',
      protocol: 'sip',
      callIds: ['call'],
      from: '1001',
      to: '2002',
      state: 'completed',
      finalStatus: 200,
      startSeconds: 0.1,
      setupSeconds: 1,
      durationSeconds: 4,
      messages: 8,
      streamIds: [],
      dtmf: { 'a-to-b': '', 'b-to-a': '' },
      lostPercent: null,
    });
  });

  it('gives streams their direction by who announced where they go', () => {
    const script = new SipScript().send(invite, answer, ack);
    const streams = [
      streamRow({
        id: 's1',
        src: '192.0.2.2:5000',
        dst: '192.0.2.1:4000',
        dtmf: '9',
        lostPercent: 2,
        startSeconds: 2,
        durationSeconds: 8,
      }),
      streamRow({ id: 's2', src: '192.0.2.1:4000', dst: '192.0.2.2:5000', dtmf: '56', startSeconds: 3 }),
      streamRow({ id: 's3', src: '192.0.2.1:4444', dst: '192.0.2.2:5000', dtmf: '4', startSeconds: 1 }),
      streamRow({ id: 's4', src: '192.0.2.1:4000', dst: '192.0.2.2:5555', dtmf: '7', startSeconds: 9 }),
      streamRow({ id: 's5', src: '192.0.2.7:1', dst: '192.0.2.8:2' }),
      streamRow({ id: 's6', src: '192.0.2.1:4000', dst: '192.0.2.2:5000', callId: 'call-2' }),
    ];
    expect(script.tracker.rows(streams)[0]).toMatchObject({
      streamIds: ['s3', 's2', 's4', 's1', 's5'],
      dtmf: { 'a-to-b': '4567', 'b-to-a': '9' },
      lostPercent: 2,
      // Answered at 1.1 s, last sign of life at 10 s.
      durationSeconds: 8.9,
    });
    expect(script.tracker.directions('call-1', streams)[0]).toEqual({ streamId: 's3', direction: 'a-to-b' });
    expect(script.tracker.directions('call-1', streams).at(-1)).toEqual({ streamId: 's5', direction: null });
    expect(script.tracker.directions('call-9', streams)).toEqual([]);
  });

  it('makes one call of the copies on both sides of a proxy, seen from the caller', () => {
    const leg = { from: alice, to: proxy };
    const back = { from: proxy, to: alice };
    const far = { from: proxy, to: bob, branch: 'z9hG4bKproxy' };
    const farBack = { from: bob, to: proxy, branch: 'z9hG4bKproxy' };
    const script = new SipScript().send(
      { ...invite, ...leg },
      { ...invite, ...far, atMs: 101 },
      { ...ringing, ...farBack },
      { ...ringing, ...back, atMs: 201 },
      { ...answer, ...farBack },
      { ...answer, ...back, atMs: 1102 },
    );
    expect(script.tracker.count).toBe(1);
    expect(script.call).toMatchObject({ state: 'in-call', setupSeconds: 1.002, messages: 6 });
    const ladder = script.tracker.ladder('call-1', []);
    expect(ladder?.hosts.map((host) => host.label)).toEqual(['192.0.2.1', '192.0.2.5', '192.0.2.2']);
    expect(ladder?.items.some((item) => item.kind === 'message' && item.isRetransmission)).toBe(false);
  });

  it('does not take the failure of one target for that of the call', () => {
    const far = { from: proxy, to: bob, branch: 'z9hG4bKproxy' };
    const messages = [
      invite,
      { ...invite, ...far, atMs: 101 },
      { ...toAlice('486 INVITE', 300, tagged), branch: 'z9hG4bKproxy' },
    ];
    expect(stateOf(messages)).toBe('rejected 486');
    const second = { ...invite, from: proxy, to: at('192.0.2.3:5060'), branch: 'z9hG4bKproxy2', atMs: 400 };
    expect(stateOf([...messages, second])).toBe('setup');
    expect(stateOf([...messages, second, { ...answer, branch: 'z9hG4bKproxy2' }])).toBe('in-call 200');
  });
});

describe('CallTracker: media', () => {
  it('announces where each side receives, with the call and the frame', () => {
    const script = new SipScript().send(invite, { ...invite, atMs: 600 }, answer, ack);
    expect(script.announcements.map((a) => [a.address, a.port, a.rtcpPort, a.callId, a.frame, a.timeNs])).toEqual([
      ['192.0.2.1', 4000, 4001, 'call-1', 1, 100e6],
      ['192.0.2.2', 5000, 5001, 'call-1', 3, 1100e6],
    ]);
    expect(script.announcements[0]).toMatchObject({
      media: 'audio',
      isSecure: false,
      payloads: [{ payloadType: 0, encodingName: 'PCMU', basis: 'static' }],
    });
  });

  it('takes descriptions of provisional responses and of ACK, but not of failures, and no refused media', () => {
    const early = new SipScript().send(
      toBob('INVITE', 1),
      toAlice('183 INVITE', 2, { ...tagged, mediaPort: 5000 }),
      toBob('ACK', 3, { ...tagged, mediaPort: 4000 }),
    );
    expect(early.announcements.map((a) => a.port)).toEqual([5000, 4000]);
    const refused = new SipScript().send(
      { ...invite, mediaPort: 0 },
      toAlice('488 INVITE', 2, { ...tagged, mediaPort: 5000 }),
    );
    expect(refused.announcements).toEqual([]);
  });

  it('announces nothing for what is no call', () => {
    const script = new SipScript().send(toBob('OPTIONS', 1), toAlice('200 OPTIONS', 2, { mediaPort: 5000 }));
    expect(script.announcements).toEqual([]);
  });
});

describe('CallTracker: ladder and messages', () => {
  it('draws messages and media in the order of time', () => {
    const script = new SipScript().send(invite, { ...invite, atMs: 150 }, ringing, answer, ack, bye, byeDone);
    const stream = streamRow({
      id: 's1',
      src: '192.0.2.1:4000',
      dst: '192.0.2.9:5000',
      startSeconds: 1.105,
      durationSeconds: 3,
      packets: 150,
      lost: 3,
      lostPercent: 2,
      firstFrame: 12,
    });
    const ladder = script.tracker.ladder('call-1', [stream]);
    expect(ladder?.hosts.map((host) => host.address)).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.9']);
    expect(ladder?.dialogs).toEqual([{ callId: 'call' }]);
    expect(ladder?.items.map((item) => item.label)).toEqual([
      'INVITE',
      'INVITE',
      '180 Reason',
      '200 Reason',
      'RTP PCMU',
      'ACK',
      'BYE',
      '200 Reason',
    ]);
    expect(ladder?.items[1]).toEqual({
      kind: 'message',
      id: 'sip-2',
      frame: 2,
      timeSeconds: 0.15,
      fromHost: 0,
      toHost: 1,
      fromPort: 5060,
      toPort: 5060,
      label: 'INVITE',
      detail: 'SDP audio PCMU/8000',
      dialog: 0,
      isRetransmission: true,
    });
    expect(ladder?.items[4]).toEqual({
      kind: 'media',
      id: 'media-s1',
      streamId: 's1',
      frame: 12,
      timeSeconds: 1.105,
      endSeconds: 4.105,
      fromHost: 0,
      toHost: 2,
      fromPort: 4000,
      toPort: 5000,
      label: 'RTP PCMU',
      detail: '150 packets, 2.0 % lost',
    });
    expect(script.tracker.ladder('call-2', [])).toBeNull();
  });

  it('gives each fork its dialog', () => {
    const script = new SipScript().send(
      invite,
      toAlice('180 INVITE', 200, { calleeTag: 'one' }),
      toAlice('180 INVITE', 210, { calleeTag: 'two' }),
      toAlice('200 INVITE', 300, { calleeTag: 'two' }),
      toBob('ACK', 310, { calleeTag: 'two' }),
    );
    const ladder = script.tracker.ladder('call-1', []);
    expect(ladder?.dialogs).toHaveLength(2);
    expect(ladder?.items.map((item) => item.kind === 'message' && item.dialog)).toEqual([0, 0, 1, 1, 1]);
  });

  it('splits a host that talks to itself by port, and puts its media beside the port that announced it', () => {
    const one = at('127.0.0.1:5060');
    const two = at('127.0.0.1:5080');
    const script = new SipScript().send({ ...invite, from: one, to: two }, { ...answer, from: two, to: one });
    const stream = streamRow({ id: 's1', src: '127.0.0.1:4000', dst: '127.0.0.1:5000', startSeconds: 2 });
    const ladder = script.tracker.ladder('call-1', [stream]);
    expect(ladder?.hosts.map((host) => host.label)).toEqual(['127.0.0.1:5060', '127.0.0.1:5080']);
    expect(ladder?.items.at(-1)).toMatchObject({ fromHost: 0, toHost: 1 });
  });

  it('says where a redirection, a transfer and a reason point to', () => {
    const script = new SipScript().send(
      invite,
      toAlice('302 INVITE', 202, { ...tagged, headers: ['Contact: "New" <sip:9@192.0.2.9>;q=1'] }),
      toBob('REFER', 203, { ...tagged, cseq: 3, headers: ['Refer-To: <sip:3003@example.com>'] }),
      toBob('BYE', 204, { ...tagged, cseq: 4, headers: ['Reason: Q.850;cause=16'] }),
    );
    const details = script.tracker.ladder('call-1', [])?.items.map((item) => item.detail);
    expect(details?.slice(1)).toEqual(['to sip:9@192.0.2.9', 'to sip:3003@example.com', 'Q.850;cause=16']);
  });

  it('shows a message in full, read again from the capture', () => {
    const script = new SipScript().send(invite, answer);
    const detail = script.tracker.messageDetail('sip-2', script.read);
    expect(detail).toMatchObject({
      id: 'sip-2',
      frame: 2,
      timeSeconds: 1.1,
      source: '192.0.2.2:5060',
      destination: '192.0.2.1:5060',
      transport: 'udp',
      startLine: 'SIP/2.0 200 Reason',
      bodyType: 'application/sdp',
      isTruncated: false,
    });
    expect(detail?.headers.map((header) => header.name)).toContain('Call-ID');
    expect(detail?.sdp?.at(-1)).toEqual({
      line: 'm=audio 5000 RTP/AVP 0',
      meaning: 'Receives audio on port 5000 over RTP/AVP (plain RTP); formats by preference: 0 (PCMU).',
    });
    expect(utf8Text(detail?.raw ?? new Uint8Array())).toContain(detail?.body ?? 'no body');
    expect(script.tracker.messageDetail('sip-3', script.read)).toBeNull();
    expect(script.tracker.messageDetail('sip-0', script.read)).toBeNull();
    expect(script.tracker.messageDetail('nonsense', script.read)).toBeNull();
  });
});

describe('CallTracker: whatever comes', () => {
  const endpoint = fc.constantFrom(alice, bob, proxy);
  const anyMessage: fc.Arbitrary<ScriptMessage> = fc.record(
    {
      what: fc.constantFrom(
        'INVITE',
        'ACK',
        'BYE',
        'CANCEL',
        'PRACK',
        'UPDATE',
        'REFER',
        'INFO',
        'REGISTER',
        '100 INVITE',
        '180 INVITE',
        '183 INVITE',
        '200 INVITE',
        '200 BYE',
        '302 INVITE',
        '401 INVITE',
        '487 INVITE',
        '500 INVITE',
        '999 INVITE',
      ),
      atMs: fc.nat(100_000),
      from: endpoint,
      to: endpoint,
      callId: fc.constantFrom('one', 'two'),
      cseq: fc.nat(3),
      branch: fc.constantFrom('', 'z9hG4bK1', 'z9hG4bK2'),
      callerTag: fc.constantFrom('a', 'b', ''),
      calleeTag: fc.constantFrom('c', 'd', 'a', ''),
      isFromCallee: fc.boolean(),
      mediaPort: fc.nat(65535),
    },
    { requiredKeys: ['what', 'atMs', 'from', 'to'] },
  );

  it('gives rows and ladders that hold together', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 25 }), (messages) => {
        const script = new SipScript().send(...messages);
        const rows = script.tracker.rows([streamRow({ id: 's', src: '192.0.2.1:1', dst: '192.0.2.2:2' })]);
        expect(rows).toHaveLength(script.tracker.count);
        for (const row of rows) {
          expect(row.setupSeconds ?? 0).toBeGreaterThanOrEqual(0);
          expect(row.durationSeconds ?? 0).toBeGreaterThanOrEqual(0);
          const ladder = script.tracker.ladder(row.id, []);
          expect(ladder?.items).toHaveLength(row.messages);
          for (const item of ladder?.items ?? []) {
            expect(ladder?.hosts[item.fromHost]).toBeDefined();
            expect(ladder?.hosts[item.toHost]).toBeDefined();
            if (item.kind === 'message') expect(ladder?.dialogs[item.dialog]).toBeDefined();
            expect(script.tracker.messageDetail(item.id, script.read)?.frame).toBe(item.frame);
          }
        }
      }),
    );
  });
});
