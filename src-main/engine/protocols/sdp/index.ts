export { canonicalAddress } from './address';
export { explainSdpLine } from './explain';
export { type MediaDescription, parseSdp } from './parse-sdp';
export { type DescribedStream, writeSdp } from './write-sdp';
