import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...head), body]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value));
const name = (commonName: string): Buffer => sequence(der(0x31, sequence(oid('550403'), text(0x0c, commonName))));

export interface Identity {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  readonly der: Uint8Array;
}

/** A key and a certificate for it, signed by itself (RFC 5280). */
export function selfSigned(
  type: 'rsa' | 'ec',
  commonName: string,
  hosts: readonly string[],
  address: readonly number[] = [192, 0, 2, 7],
): Identity {
  const { privateKey, publicKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = type === 'rsa' ? sequence(oid('2a864886f70d01010b'), der(0x05)) : sequence(oid('2a8648ce3d040302'));
  const names = sequence(...hosts.map((host) => text(0x82, host)), der(0x87, Uint8Array.from(address)));
  const extensions = der(0xa3, sequence(sequence(oid('551d11'), der(0x04, names))));
  const signed = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Uint8Array.of(1)),
    algorithm,
    name(commonName),
    sequence(text(0x17, '200101000000Z'), text(0x17, '491231000000Z')),
    name(commonName),
    spki(publicKey),
    extensions,
  );
  const signature = sign('sha256', signed, privateKey);
  const whole = sequence(signed, algorithm, der(0x03, Uint8Array.of(0), signature));
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`,
    der: whole,
  };
}

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
