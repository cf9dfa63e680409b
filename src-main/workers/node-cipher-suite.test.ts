import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ccmOpen } from '#engine/crypto/ccm';
import { aesCmac, aesKeyUnwrap, kdf, prfSha1 } from '#engine/crypto/key-derivation';
import { rc4 } from '#engine/crypto/rc4';
import { michael, tkipPacketKey } from '#engine/crypto/tkip';
import { nodeCipherSuite as suite } from './node-cipher-suite';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const toHex = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('hex');
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('published test vectors', () => {
  it('PBKDF2: passphrase to PSK (IEEE 802.11-2020, annex J.4)', () => {
    expect(toHex(suite.pbkdf2Sha1(ascii('password'), ascii('IEEE'), 4096, 32))).toBe(
      'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e',
    );
    expect(toHex(suite.pbkdf2Sha1(ascii('ThisIsAPassword'), ascii('ThisIsASSID'), 4096, 32))).toBe(
      '0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af',
    );
  });

  it('PRF with HMAC-SHA1 (annex J.3)', () => {
    const first = prfSha1(suite, new Uint8Array(20).fill(0x0b), 'prefix', ascii('Hi There'), 64);
    expect(toHex(first)).toBe(
      'bcd4c650b30b9684951829e0d75f9d54b862175ed9f00606e17d8da35402ffee' +
        '75df78c3d31e0f889f012120c0862beb67753e7439ae242edb8373698356cf5a',
    );
    const second = prfSha1(suite, ascii('Jefe'), 'prefix', ascii('what do ya want for nothing?'), 24);
    expect(toHex(second)).toBe('51f4de5b33f249adf81aeb713a3c20f4fe631446fabdfa58');
  });

  it('KDF by its definition, in one block of HMAC-SHA256', () => {
    const key = new Uint8Array(32).fill(7);
    const context = hex('0102');
    const input = Buffer.concat([hex('0100'), ascii('Pairwise'), context, hex('8000')]);
    expect(toHex(kdf(suite, 'sha256', key, 'Pairwise', context, 16))).toBe(
      toHex(suite.hmac('sha256', key, input)).slice(0, 32),
    );
  });

  it('AES-CMAC (RFC 4493, section 4)', () => {
    const key = hex('2b7e151628aed2a6abf7158809cf4f3c');
    const message = hex(
      `6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
       30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710`,
    );
    expect(toHex(aesCmac(suite, key, new Uint8Array(0)))).toBe('bb1d6929e95937287fa37d129b756746');
    expect(toHex(aesCmac(suite, key, message.subarray(0, 16)))).toBe('070a16b46b4d4144f79bdd9dd04a287c');
    expect(toHex(aesCmac(suite, key, message.subarray(0, 40)))).toBe('dfa66747de9ae63030ca32611497c827');
    expect(toHex(aesCmac(suite, key, message))).toBe('51f0bebf7e3b9d92fc49741779363cfe');
  });

  it('AES key unwrap (RFC 3394, section 4.1)', () => {
    const key = hex('000102030405060708090a0b0c0d0e0f');
    const wrapped = hex('1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5');
    expect(toHex(aesKeyUnwrap(suite, key, wrapped))).toBe('00112233445566778899aabbccddeeff');
    wrapped[3] ^= 1;
    expect(aesKeyUnwrap(suite, key, wrapped)).toBeNull();
    expect(aesKeyUnwrap(suite, key, wrapped.subarray(0, 12))).toBeNull();
  });

  it('CCM, packet vector 1 (RFC 3610, section 8)', () => {
    const key = hex('c0c1c2c3c4c5c6c7c8c9cacbcccdcecf');
    const nonce = hex('00000003020100a0a1a2a3a4a5');
    const data = hex('588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0');
    const header = hex('0001020304050607');
    expect(toHex(ccmOpen(suite, key, nonce, header, data, 8))).toBe('08090a0b0c0d0e0f101112131415161718191a1b1c1d1e');
    data[5] ^= 1;
    expect(ccmOpen(suite, key, nonce, header, data, 8)).toBeNull();
    expect(ccmOpen(suite, key, nonce, header, data.subarray(0, 3), 8)).toBeNull();
  });

  it('AES-GCM opens what was sealed, and nothing else', () => {
    const key = new Uint8Array(16).fill(1);
    const nonce = new Uint8Array(12).fill(2);
    const cipher = createCipheriv('aes-128-gcm', key, nonce);
    cipher.setAAD(hex('0a0b'));
    const data = Buffer.concat([cipher.update(hex('010203')), cipher.final()]);
    const tag = cipher.getAuthTag();
    expect(toHex(suite.aesGcmOpen(key, nonce, hex('0a0b'), data, tag))).toBe('010203');
    expect(suite.aesGcmOpen(key, nonce, hex('0a0c'), data, tag)).toBeNull();
  });

  it('RC4 (RFC 6229, section 2) with and without leaving out', () => {
    const key = hex('0102030405');
    expect(toHex(rc4(key, new Uint8Array(16)))).toBe('b2396305f03dc027ccc3524a0a1118a8');
    expect(toHex(rc4(key, new Uint8Array(16), 240))).toBe('28cb1132c96ce286421dcaadb8b69eae');
  });

  it('TKIP key mixing (annex J.2)', () => {
    const key = hex('000102030405060708090a0b0c0d0e0f');
    const transmitter = hex('102233445566');
    expect(toHex(tkipPacketKey(key, transmitter, new Uint8Array(6)))).toBe('00200033ea8d2f60ca6d1374234a660b');
  });

  it('Michael (annex J.1)', () => {
    const chain: readonly (readonly [key: string, text: string, code: string])[] = [
      ['0000000000000000', '', '82925c1ca1d130b8'],
      ['82925c1ca1d130b8', 'M', '434721ca40639b3f'],
      ['434721ca40639b3f', 'Mi', 'e8f9becae97e5d29'],
      ['e8f9becae97e5d29', 'Mic', '90038fc6cf13c1db'],
      ['90038fc6cf13c1db', 'Mich', 'd55e100510128986'],
      ['d55e100510128986', 'Michael', '0a942b124ecaa546'],
    ];
    for (const [key, text, code] of chain) expect(toHex(michael(hex(key), ascii(text)))).toBe(code);
  });
});
