export { isZrtp } from './zrtp';
