export { readAmf0, type AmfValues } from './amf0';
export { amfMember, amfNumber, amfString, amfText, type AmfValue } from './amf-value';
export type { HandshakeFacts } from './handshake';
export {
  isCommandType,
  isDataType,
  isMediaType,
  type RtmpMessage,
  RtmpType,
  unknownMessageStream,
} from './message';
export { controlFields, controlLabel, messageTypeName, sharedObjectFields } from './names';
export { type HandshakeKind, openRtmp, type RtmpListener, rtmpProtocol } from './rtmp-dissector';
