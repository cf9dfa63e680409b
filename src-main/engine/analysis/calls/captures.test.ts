import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse as analyseFile, capturePath } from '../../../testing/oracles';

/** Real captures with known contents; they are not part of the project, and tests pass without them. */
const analyse = (name: string) => analyseFile(capturePath(name));
const capture = (name: string) => it.skipIf(!existsSync(capturePath(name)));

/** One call that was answered and ended: messages of its Call-ID as tshark counts them, codec of both directions. */
const plainCalls: readonly [name: string, from: string, to: string, messages: number, seconds: number][] = [
  ['live/voip/sip_pcmu.pcapng', '09065082538', '0000002115', 7, 12.068],
  ['live/voip/sip_pcma_port6089.pcapng', '09065082538', '0000002115', 7, 12.072],
  ['live/voip/sip_tcp.pcapng', '09065082538', '0000002115', 7, 8.072],
  ['live/voip/sip_ipv6.pcapng', '09065082538', '0000002115', 7, 8.072],
  ['live/voip/sip_encap_vlan.pcapng', '09065082538', '0000002115', 7, 12.068],
  ['live/voip/sip_encap_sll2.pcapng', '09065082538', '0000002115', 7, 12.068],
  ['live/voip/sip_encap_rawip.pcapng', '09065082538', '0000002115', 7, 12.068],
  ['live/voip/sip_loss5.pcapng', '09065082538', '0000002115', 7, 12.072],
  ['live/voip/sip_reorder_dup.pcapng', '09065082538', '0000002115', 7, 12.072],
  ['live/voip/sip_jitter.pcapng', '09065082538', '0000002115', 7, 12.068],
  ['live/voip/sip_hold_resume.pcapng', '09065082538', '0000002115', 13, 10.592],
  ['live/voip/sip_auth_register.pcapng', '09065082538', '0000002115', 13, 8.069],
  ['live/voip/baresip_pcmu_tcp.pcapng', 'alice', 'bob', 6, 9.204],
  ['live/voip/baresip_l16.pcapng', 'alice', 'bob', 6, 5.166],
  ['live/voip/baresip_dtmf.pcapng', 'alice', 'bob', 6, 7.479],
  ['public/sip-rtp/MagicJack+_short_call.pcap', 'E646657195201', '9055551212', 11, 4.076],
  ['public/sip-rtp/maryls-lab9-sip.pcap', 'eim', 'thetestcall', 11, 1.906],
  ['public/sip-rtp/sip-over-tcp.pcap', '101', '201', 7, 2.152],
];

describe('calls of real captures', () => {
  for (const [name, from, to, messages, seconds] of plainCalls) {
    capture(name)(name, () => {
      const analysis = analyse(name);
      const calls = analysis.callRows();
      expect(calls).toHaveLength(1);
      expect(calls[0]).toMatchObject({ from, to, state: 'completed', finalStatus: 200, messages });
      expect(calls[0].durationSeconds).toBeCloseTo(seconds, 3);
      // One stream a direction: the caller's, which leaves the first host of the ladder, first.
      const streams = calls[0].streamIds.map((id) => analysis.stream(id));
      expect(streams).toHaveLength(2);
      const ladder = analysis.ladder(calls[0].id);
      const media = streams.map((stream) => ladder?.items.find((i) => i.kind === 'media' && i.streamId === stream?.id));
      expect(media.map((item) => item?.kind)).toEqual(['media', 'media']);
      expect(media[0]?.fromHost).toBe(media[1]?.toHost);
      expect(streams[0]?.src).toBe(streams[1]?.dst);
      expect(ladder?.items.filter((item) => item.kind === 'message')).toHaveLength(messages);
    });
  }

  capture('live/voip/sip_failed_calls.pcapng')('sip_failed_calls: seven ways not to talk', () => {
    const calls = analyse('live/voip/sip_failed_calls.pcapng').callRows();
    expect(calls.map(({ state, finalStatus, messages }) => [state, finalStatus, messages])).toEqual([
      ['cancelled', 487, 7],
      ['rejected', 486, 4],
      ['no-answer', 480, 4],
      ['rejected', 404, 3],
      ['rejected', 603, 4],
      ['rejected', 302, 3],
      ['no-answer', null, 4],
    ]);
  });

  capture('live/voip/baresip_dtmf.pcapng')('baresip_dtmf: digits of the caller', () => {
    expect(analyse('live/voip/baresip_dtmf.pcapng').callRows()[0].dtmf).toEqual({ 'a-to-b': '4711*#', 'b-to-a': '' });
  });

  capture('live/voip/sip_snaplen96.pcapng')('sip_snaplen96: messages cut before their Call-ID make no call', () => {
    const analysis = analyse('live/voip/sip_snaplen96.pcapng');
    expect(analysis.callRows()).toEqual([]);
    expect(analysis.document().diagnostics).toContainEqual(
      expect.objectContaining({ code: 'sip-cut-before-call-id', count: 7 }),
    );
  });

  capture('public/sip-rtp/register-invite-reinvite-bye.pcap')('register-invite-reinvite-bye: on the loopback', () => {
    const analysis = analyse('public/sip-rtp/register-invite-reinvite-bye.pcap');
    expect(analysis.callRows()).toHaveLength(1);
    const ladder = analysis.ladder('call-1');
    // Two peers on one address: a column each, and none for their media.
    expect(ladder?.hosts).toHaveLength(2);
  });

  capture('live/voip/sip_tcp.pcapng')('sip_tcp: every message is read back from the file as it was', () => {
    const analysis = analyse('live/voip/sip_tcp.pcapng');
    for (const item of analysis.ladder('call-1')?.items ?? []) {
      if (item.kind !== 'message') continue;
      const detail = analysis.message(item.id);
      expect(detail?.startLine).toContain(item.label);
      expect(detail?.headers.filter(({ name }) => name === 'Call-ID')).toHaveLength(1);
      const length = detail?.headers.find(({ name }) => name === 'Content-Length')?.value;
      expect(detail?.body.length).toBe(Number(length));
    }
  });
});
