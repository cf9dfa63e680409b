export { crc32Mpeg } from './crc32-mpeg';
export { checkDefinition, type TsCheck, tsChecks } from './checks';
export {
  looksLikePacket,
  packetBytes,
  syncByte,
  type TsPacketOrigin,
  TsPacketSync,
  type TsStride,
  tsStrides,
} from './packet-sync';
export { pcrHz } from './pcr-log';
export { fixedPidName } from './stream-types';
export { TsDemuxer } from './ts-demuxer';
export type { TsProgram, TsStream } from './ts-stream';
