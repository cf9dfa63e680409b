export * from './stun';
