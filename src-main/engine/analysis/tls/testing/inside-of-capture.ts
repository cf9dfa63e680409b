import { FileSource } from '../../../../workers/file-source';
import { nodeCipherSuite } from '../../../../workers/node-cipher-suite';
import { TestSink } from '../../../capture/testing/collect';
import { Frame } from '../../../capture/frame';
import { openCapture } from '../../../capture/open';
import type { StreamDissector, StreamProtocol } from '../../../flow/stream-dissector';
import { FlowTracker } from '../../../flow/flow-tracker';
import { TcpConnections } from '../../../flow/tcp-connections';
import { PacketDecoder } from '../../../link/packet-decoder';
import { IpProtocol, PacketView } from '../../../net/packet';
import { CaptureBytes, MemorySpill } from '../../../store/capture-bytes';
import { TlsSecrets } from '../tls-secrets';
import { TlsTracker } from '../tls-tracker';

/** What the TLS connections of a capture carried: content by flow and direction, holes left out. */
export function insideOfCapture(path: string, ...keyLogs: readonly Uint8Array[]) {
  const source = new FileSource(path);
  const sink = new TestSink();
  const opened = openCapture(source, sink);
  if (!opened.ok) throw new Error(opened.error.message);
  const reader = opened.value;
  const given = keyLogs.map((bytes) => ({ bytes, origin: 'key-log' as const }));
  const tlsSecrets = new TlsSecrets(given, () => reader.notes.secrets);
  const bytes = new CaptureBytes(source, new MemorySpill());
  const tracker = new TlsTracker({ bytes, ciphers: nodeCipherSuite, sink, tlsSecrets });
  const contents = new Map<number, readonly [number[], number[]]>();
  const collect = (flow: number): StreamDissector => {
    const sides = contents.get(flow) ?? [[], []];
    contents.set(flow, sides);
    return {
      onData: (direction, bytes, start, end) => {
        for (let i = start; i < end; i += 1) sides[direction].push(bytes[i]);
      },
      onGap: () => undefined,
      onEnd: () => undefined,
    };
  };
  const protocols = tracker.protocols.map(
    (protocol): StreamProtocol => ({
      ...protocol,
      open: (channel) => protocol.open({ ...channel, inside: () => collect(channel.flow) }),
    }),
  );
  const flows = new FlowTracker();
  const connections = new TcpConnections({ sink, protocols, endpoints: (flow) => flows.endpoints(flow), bytes });
  const frame = new Frame();
  const packet = new PacketView();
  const decoder = new PacketDecoder(sink, null);
  while (reader.next(frame)) {
    decoder.decode(frame, packet);
    const flow = flows.track(frame, packet);
    if (flow >= 0 && packet.protocol === IpProtocol.tcp) connections.segment(flow, frame, packet);
  }
  connections.finish();
  tracker.finish();
  return { contents, tracker, sink, endpoints: (flow: number) => flows.endpoints(flow) };
}
