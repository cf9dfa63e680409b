import { u16be } from '../../bytes/integers';
import { dvbText } from './dvb-text';
import type { TsSection } from './sections';
import { describeStream, type TsStreamInfo, visitDescriptors } from './stream-types';

export const TableId = { pat: 0x00, cat: 0x01, pmt: 0x02, nitActual: 0x40, sdtActual: 0x42 } as const;

/** A program of the program association table; number 0 is the network. */
export interface PatEntry {
  readonly program: number;
  readonly pid: number;
}

export interface ProgramMap {
  readonly program: number;
  readonly version: number;
  readonly pcrPid: number;
  readonly streams: readonly TsStreamInfo[];
  /** PIDs of entitlement messages, of the program and of its streams. */
  readonly accessPids: readonly number[];
}

export interface ServiceName {
  readonly service: number;
  readonly name: string;
  readonly provider: string;
}

const nullPid = 0x1fff;
const crcBytes = 4;
const serviceDescriptor = 0x48;
const networkNameDescriptor = 0x40;
const accessDescriptor = 0x09;

/** Program association section (ISO/IEC 13818-1, 2.4.4.3). */
export function readPat({ bytes, start, end }: TsSection): PatEntry[] {
  const entries: PatEntry[] = [];
  for (let at = start + 8; at + 4 <= end - crcBytes; at += 4) {
    entries.push({ program: u16be(bytes, at), pid: u16be(bytes, at + 2) & nullPid });
  }
  return entries;
}

/** Program map section (2.4.4.9): the streams that lie before its end. */
export function readPmt({ bytes, start, end, extension, version }: TsSection): ProgramMap {
  const limit = end - crcBytes;
  const pcrPid = u16be(bytes, start + 8) & nullPid;
  const infoEnd = Math.min(limit, start + 12 + (u16be(bytes, start + 10) & 0x0fff));
  const accessPids: number[] = [];
  const takeAccess = (tag: number, from: number, to: number): void => {
    if (tag === accessDescriptor && to - from >= 4) accessPids.push(u16be(bytes, from + 2) & nullPid);
  };
  visitDescriptors(bytes, start + 12, infoEnd, takeAccess);
  const streams: TsStreamInfo[] = [];
  for (let at = infoEnd; at + 5 <= limit; ) {
    const from = at + 5;
    const to = Math.min(limit, from + (u16be(bytes, at + 3) & 0x0fff));
    streams.push(describeStream(u16be(bytes, at + 1) & nullPid, bytes[at], bytes, from, to));
    visitDescriptors(bytes, from, to, takeAccess);
    at = to;
  }
  return { program: extension, version, pcrPid, streams, accessPids };
}

/** Service description section (ETSI EN 300 468, 5.2.3). */
export function readSdt({ bytes, start, end }: TsSection): ServiceName[] {
  const limit = end - crcBytes;
  const services: ServiceName[] = [];
  for (let at = start + 11; at + 5 <= limit; ) {
    const service = u16be(bytes, at);
    const from = at + 5;
    const to = Math.min(limit, from + (u16be(bytes, at + 3) & 0x0fff));
    visitDescriptors(bytes, from, to, (tag, first, last) => {
      if (tag !== serviceDescriptor || last - first < 3) return;
      const providerEnd = Math.min(last, first + 2 + bytes[first + 1]);
      const nameEnd = Math.min(last, providerEnd + 1 + (providerEnd < last ? bytes[providerEnd] : 0));
      const provider = dvbText(bytes, first + 2, providerEnd);
      services.push({ service, name: dvbText(bytes, providerEnd + 1, nameEnd), provider });
    });
    at = to;
  }
  return services;
}

/** Name of the network (5.2.1); null when the section does not say it. */
export function readNetworkName({ bytes, start, end }: TsSection): string | null {
  const limit = end - crcBytes;
  const to = Math.min(limit, start + 10 + (u16be(bytes, start + 8) & 0x0fff));
  let name: string | null = null;
  visitDescriptors(bytes, start + 10, to, (tag, first, last) => {
    if (tag === networkNameDescriptor) name = dvbText(bytes, first, last);
  });
  return name;
}
