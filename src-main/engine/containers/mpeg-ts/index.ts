export { crc32Mpeg } from './crc32-mpeg';
export { checkDefinition, type TsCheck, type TsCheckResult, tsChecks } from './checks';
export {
  looksLikePacket,
  packetBytes,
  syncByte,
  type TsPacketOrigin,
  TsPacketSync,
  type TsStride,
  tsStrides,
} from './packet-sync';
export { PcrLog, pcrHz } from './pcr-log';
export { fixedPidName, type TsStreamInfo, type TsStreamKind } from './stream-types';
export { TsDemuxer } from './ts-demuxer';
export type { PidState, TsListener, TsProgram, TsStream } from './ts-stream';
