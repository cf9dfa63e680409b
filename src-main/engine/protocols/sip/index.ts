export { mediaType, sessionDescriptions } from './body';
export { readSipText } from './detail';
export { parseNameAddress, partyText } from './field-values';
export type { FilePiece, SipMessage } from './message';
export { parseSipDatagram } from './parse-message';
export { HeaderCursor } from './header-cursor';
export { indexOfLineFeed, looksLikeSip, skipLineEnds } from './start-line';
export { SipStreamParser } from './stream-parser';
