export { isQuicLong, mayBeQuicShort } from './quic';
