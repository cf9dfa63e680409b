/** The part of pcap-ng-parser that the differential test uses; the package has no types of its own. */
declare module 'pcap-ng-parser' {
  import type { Transform } from 'node:stream';

  interface ParsedPacket {
    readonly interfaceId: number;
    readonly timestampHigh: number;
    readonly timestampLow: number;
    readonly data: Uint8Array;
  }

  const PcapNgParser: new () => Omit<Transform, 'on'> & {
    on(event: 'data', listener: (packet: ParsedPacket) => void): void;
    on(event: 'close', listener: () => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
  };
  export = PcapNgParser;
}
