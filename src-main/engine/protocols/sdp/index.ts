export { explainSdpLine } from './explain';
export { type MediaDescription, parseSdp } from './parse-sdp';
