export { parseElements, type SecurityElement, type WlanCipher } from './elements';
export { groupKeysOf, type KeyFrame, parseKeyFrame } from './key-frame';
