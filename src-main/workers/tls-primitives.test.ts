import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ccmOpen } from '#engine/crypto/ccm';
import { hkdfExpand, hkdfExpandLabel, tls10Prf, tls12Prf } from '#engine/crypto/tls-key-derivation';
import { openAnywhere, openNatively } from './chacha20-poly1305';
import { nodeCipherSuite as suite } from './node-cipher-suite';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const toHex = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('hex');
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('published test vectors of what TLS is made of', () => {
  it('PRF of TLS 1.2 (vectors of the working group, message 3416 of its list; OpenSSL agrees)', () => {
    const sha256 = tls12Prf(
      suite,
      'sha256',
      hex('9bbe436ba940f017b17652849a71db35'),
      'test label',
      hex('a0ba9f936cda311827a6f796ffd5198c'),
      100,
    );
    expect(toHex(sha256)).toBe(
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af' +
        '0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701' +
        '87347b66',
    );
    const sha384 = tls12Prf(
      suite,
      'sha384',
      hex('b80b733d6ceefcdc71566ea48e5567df'),
      'test label',
      hex('cd665cf6a8447dd6ff8b27555edb7465'),
      72,
    );
    expect(toHex(sha384)).toBe(
      '7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0' +
        'e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d7',
    );
  });

  it('PRF of TLS 1.0 and 1.1 (as OpenSSL computes it), with a secret of odd length too', () => {
    expect(toHex(tls10Prf(suite, ascii('secret'), 'label', ascii('seed'), 20))).toBe(
      'b5baf4722b91851a8816d22ebd8c1d8cc2e94d55',
    );
    expect(toHex(tls10Prf(suite, ascii('secre'), 'label', ascii('seed'), 20))).toBe(
      'b146742a3e514b250d799358a5f1579fbf9765c0',
    );
  });

  it('HKDF-Expand, test case 1 (RFC 5869, appendix A.1)', () => {
    const key = hex('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5');
    expect(toHex(hkdfExpand(suite, 'sha256', key, hex('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
  });

  it('HKDF-Expand-Label: key and iv of a server (RFC 8448, section 3)', () => {
    const secret = hex('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38');
    expect(toHex(hkdfExpandLabel(suite, 'sha256', secret, 'key', 16))).toBe('3fce516009c21727d0f2e4e86ee403bc');
    expect(toHex(hkdfExpandLabel(suite, 'sha256', secret, 'iv', 12))).toBe('5d313eb2671276ee13000b30');
  });

  it('ChaCha20-Poly1305 (RFC 8439, section 2.8.2)', () => {
    const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
    const nonce = hex('070000004041424344454647');
    const associated = hex('50515253c0c1c2c3c4c5c6c7');
    const sealed = hex(
      `d31a8d34648e60db7b86afbc53ef7ec2 a4aded51296e08fea9e2b5a736ee62d6 3dbea45e8ca9671282fafb69da92728b
       1a71de0a9e060b2905d6a5b67ecd3b36 92ddbd7f2d778b8c9803aee328091b58 fab324e4fad675945585808b4831d7bc
       3ff4def08e4b7a9de576d26586cec64b 6116 1ae10b594f09e26a7e902ecbd0600691`,
    );
    const forged = sealed.slice();
    forged[7] ^= 1;
    // Node has both ways; Electron has the second one alone.
    for (const open of [openNatively, openAnywhere]) {
      expect(Buffer.from(open?.(key, nonce, associated, sealed) ?? []).toString()).toBe(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      );
      expect(open?.(key, nonce, associated, forged)).toBeNull();
      expect(open?.(key, nonce, associated, sealed.subarray(0, 9))).toBeNull();
    }
  });

  it('CCM with a nonce of 12 bytes, as in TLS (NIST SP 800-38C, example 3)', () => {
    const key = hex('404142434445464748494a4b4c4d4e4f');
    const nonce = hex('101112131415161718191a1b');
    const associated = hex('000102030405060708090a0b0c0d0e0f10111213');
    const sealed = hex('e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5 484392fbc1b09951');
    expect(toHex(ccmOpen(suite, key, nonce, associated, sealed, 8))).toBe(
      '202122232425262728292a2b2c2d2e2f3031323334353637',
    );
  });

  it('AES-CBC undoes what OpenSSL did, whole blocks and nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(16, 32), fc.nat(6), (keyLength, blocks) => {
        const key = new Uint8Array(keyLength).fill(5);
        const start = new Uint8Array(16).fill(6);
        const plain = Uint8Array.from({ length: 16 * blocks }, (_, i) => i);
        const cipher = createCipheriv(`aes-${8 * keyLength}-cbc`, key, start).setAutoPadding(false);
        expect(toHex(suite.aesCbcDecrypt(key, start, cipher.update(plain)))).toBe(toHex(plain));
      }),
    );
  });
});
