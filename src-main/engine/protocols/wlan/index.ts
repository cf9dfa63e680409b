export { parseElements, type SecurityElement, type WlanCipher, type WlanElements } from './elements';
export { groupKeysOf, type GroupKeyData, type KeyFrame, type KeyMessage, parseKeyFrame } from './key-frame';
