import type { HashName } from '../../crypto/cipher-suite';

/**
 * Cipher suites of the IANA registry "TLS Cipher Suites": what protects the records, then the key exchanges it goes
 * with and their codes in hexadecimal.
 */
const registry: Readonly<Record<string, string>> = {
  NULL_NULL: 'NULL=0000',
  NULL_MD5: 'RSA=0001',
  NULL_SHA:
    'RSA=0002 PSK=002c DHE_PSK=002d RSA_PSK=002e ECDH_ECDSA=c001 ECDHE_ECDSA=c006 ECDH_RSA=c00b ' +
    'ECDHE_RSA=c010 ECDH_anon=c015 ECDHE_PSK=c039',
  RC4_40_MD5: 'RSA_EXPORT=0003 DH_anon_EXPORT=0017 KRB5_EXPORT=002b',
  RC4_128_MD5: 'RSA=0004 DH_anon=0018 KRB5=0024',
  RC4_128_SHA:
    'RSA=0005 KRB5=0020 DHE_DSS=0066 PSK=008a DHE_PSK=008e RSA_PSK=0092 ECDH_ECDSA=c002 ECDHE_ECDSA=c007 ' +
    'ECDH_RSA=c00c ECDHE_RSA=c011 ECDH_anon=c016 ECDHE_PSK=c033',
  RC2_CBC_40_MD5: 'RSA_EXPORT=0006 KRB5_EXPORT=002a',
  IDEA_CBC_SHA: 'RSA=0007 KRB5=0021',
  DES40_CBC_SHA:
    'RSA_EXPORT=0008 DH_DSS_EXPORT=000b DH_RSA_EXPORT=000e DHE_DSS_EXPORT=0011 DHE_RSA_EXPORT=0014 ' +
    'DH_anon_EXPORT=0019',
  DES_CBC_SHA:
    'RSA=0009 DH_DSS=000c DH_RSA=000f DHE_DSS=0012 DHE_RSA=0015 DH_anon=001a KRB5=001e RSA_EXPORT1024=0062 ' +
    'DHE_DSS_EXPORT1024=0063',
  '3DES_EDE_CBC_SHA':
    'RSA=000a DH_DSS=000d DH_RSA=0010 DHE_DSS=0013 DHE_RSA=0016 DH_anon=001b KRB5=001f PSK=008b DHE_PSK=008f ' +
    'RSA_PSK=0093 ECDH_ECDSA=c003 ECDHE_ECDSA=c008 ECDH_RSA=c00d ECDHE_RSA=c012 ECDH_anon=c017 SRP_SHA=c01a ' +
    'SRP_SHA_RSA=c01b SRP_SHA_DSS=c01c ECDHE_PSK=c034',
  DES_CBC_MD5: 'KRB5=0022',
  '3DES_EDE_CBC_MD5': 'KRB5=0023',
  IDEA_CBC_MD5: 'KRB5=0025',
  DES_CBC_40_SHA: 'KRB5_EXPORT=0026',
  RC2_CBC_40_SHA: 'KRB5_EXPORT=0027',
  RC4_40_SHA: 'KRB5_EXPORT=0028',
  DES_CBC_40_MD5: 'KRB5_EXPORT=0029',
  AES_128_CBC_SHA:
    'RSA=002f DH_DSS=0030 DH_RSA=0031 DHE_DSS=0032 DHE_RSA=0033 DH_anon=0034 PSK=008c DHE_PSK=0090 ' +
    'RSA_PSK=0094 ECDH_ECDSA=c004 ECDHE_ECDSA=c009 ECDH_RSA=c00e ECDHE_RSA=c013 ECDH_anon=c018 SRP_SHA=c01d ' +
    'SRP_SHA_RSA=c01e SRP_SHA_DSS=c01f ECDHE_PSK=c035',
  AES_256_CBC_SHA:
    'RSA=0035 DH_DSS=0036 DH_RSA=0037 DHE_DSS=0038 DHE_RSA=0039 DH_anon=003a PSK=008d DHE_PSK=0091 ' +
    'RSA_PSK=0095 ECDH_ECDSA=c005 ECDHE_ECDSA=c00a ECDH_RSA=c00f ECDHE_RSA=c014 ECDH_anon=c019 SRP_SHA=c020 ' +
    'SRP_SHA_RSA=c021 SRP_SHA_DSS=c022 ECDHE_PSK=c036',
  NULL_SHA256: 'RSA=003b PSK=00b0 DHE_PSK=00b4 RSA_PSK=00b8 ECDHE_PSK=c03a',
  AES_128_CBC_SHA256:
    'RSA=003c DH_DSS=003e DH_RSA=003f DHE_DSS=0040 DHE_RSA=0067 DH_anon=006c PSK=00ae DHE_PSK=00b2 ' +
    'RSA_PSK=00b6 ECDHE_ECDSA=c023 ECDH_ECDSA=c025 ECDHE_RSA=c027 ECDH_RSA=c029 ECDHE_PSK=c037',
  AES_256_CBC_SHA256: 'RSA=003d DH_DSS=0068 DH_RSA=0069 DHE_DSS=006a DHE_RSA=006b DH_anon=006d',
  CAMELLIA_128_CBC_SHA: 'RSA=0041 DH_DSS=0042 DH_RSA=0043 DHE_DSS=0044 DHE_RSA=0045 DH_anon=0046',
  RC4_56_MD5: 'RSA_EXPORT1024=0060',
  RC2_CBC_56_MD5: 'RSA_EXPORT1024=0061',
  RC4_56_SHA: 'RSA_EXPORT1024=0064 DHE_DSS_EXPORT1024=0065',
  CAMELLIA_256_CBC_SHA: 'RSA=0084 DH_DSS=0085 DH_RSA=0086 DHE_DSS=0087 DHE_RSA=0088 DH_anon=0089',
  SEED_CBC_SHA: 'RSA=0096 DH_DSS=0097 DH_RSA=0098 DHE_DSS=0099 DHE_RSA=009a DH_anon=009b',
  AES_128_GCM_SHA256:
    'RSA=009c DHE_RSA=009e DH_RSA=00a0 DHE_DSS=00a2 DH_DSS=00a4 DH_anon=00a6 PSK=00a8 DHE_PSK=00aa ' +
    'RSA_PSK=00ac ECDHE_ECDSA=c02b ECDH_ECDSA=c02d ECDHE_RSA=c02f ECDH_RSA=c031 ECCPWD=c0b0 ECDHE_PSK=d001',
  AES_256_GCM_SHA384:
    'RSA=009d DHE_RSA=009f DH_RSA=00a1 DHE_DSS=00a3 DH_DSS=00a5 DH_anon=00a7 PSK=00a9 DHE_PSK=00ab ' +
    'RSA_PSK=00ad ECDHE_ECDSA=c02c ECDH_ECDSA=c02e ECDHE_RSA=c030 ECDH_RSA=c032 ECCPWD=c0b1 ECDHE_PSK=d002',
  AES_256_CBC_SHA384:
    'PSK=00af DHE_PSK=00b3 RSA_PSK=00b7 ECDHE_ECDSA=c024 ECDH_ECDSA=c026 ECDHE_RSA=c028 ECDH_RSA=c02a ' +
    'ECDHE_PSK=c038',
  NULL_SHA384: 'PSK=00b1 DHE_PSK=00b5 RSA_PSK=00b9 ECDHE_PSK=c03b',
  CAMELLIA_128_CBC_SHA256:
    'RSA=00ba DH_DSS=00bb DH_RSA=00bc DHE_DSS=00bd DHE_RSA=00be DH_anon=00bf ECDHE_ECDSA=c072 ECDH_ECDSA=c074 ' +
    'ECDHE_RSA=c076 ECDH_RSA=c078 PSK=c094 DHE_PSK=c096 RSA_PSK=c098 ECDHE_PSK=c09a',
  CAMELLIA_256_CBC_SHA256: 'RSA=00c0 DH_DSS=00c1 DH_RSA=00c2 DHE_DSS=00c3 DHE_RSA=00c4 DH_anon=00c5',
  ARIA_128_CBC_SHA256:
    'RSA=c03c DH_DSS=c03e DH_RSA=c040 DHE_DSS=c042 DHE_RSA=c044 DH_anon=c046 ECDHE_ECDSA=c048 ECDH_ECDSA=c04a ' +
    'ECDHE_RSA=c04c ECDH_RSA=c04e PSK=c064 DHE_PSK=c066 RSA_PSK=c068 ECDHE_PSK=c070',
  ARIA_256_CBC_SHA384:
    'RSA=c03d DH_DSS=c03f DH_RSA=c041 DHE_DSS=c043 DHE_RSA=c045 DH_anon=c047 ECDHE_ECDSA=c049 ECDH_ECDSA=c04b ' +
    'ECDHE_RSA=c04d ECDH_RSA=c04f PSK=c065 DHE_PSK=c067 RSA_PSK=c069 ECDHE_PSK=c071',
  ARIA_128_GCM_SHA256:
    'RSA=c050 DHE_RSA=c052 DH_RSA=c054 DHE_DSS=c056 DH_DSS=c058 DH_anon=c05a ECDHE_ECDSA=c05c ECDH_ECDSA=c05e ' +
    'ECDHE_RSA=c060 ECDH_RSA=c062 PSK=c06a DHE_PSK=c06c RSA_PSK=c06e',
  ARIA_256_GCM_SHA384:
    'RSA=c051 DHE_RSA=c053 DH_RSA=c055 DHE_DSS=c057 DH_DSS=c059 DH_anon=c05b ECDHE_ECDSA=c05d ECDH_ECDSA=c05f ' +
    'ECDHE_RSA=c061 ECDH_RSA=c063 PSK=c06b DHE_PSK=c06d RSA_PSK=c06f',
  CAMELLIA_256_CBC_SHA384:
    'ECDHE_ECDSA=c073 ECDH_ECDSA=c075 ECDHE_RSA=c077 ECDH_RSA=c079 PSK=c095 DHE_PSK=c097 RSA_PSK=c099 ' +
    'ECDHE_PSK=c09b',
  CAMELLIA_128_GCM_SHA256:
    'RSA=c07a DHE_RSA=c07c DH_RSA=c07e DHE_DSS=c080 DH_DSS=c082 DH_anon=c084 ECDHE_ECDSA=c086 ECDH_ECDSA=c088 ' +
    'ECDHE_RSA=c08a ECDH_RSA=c08c PSK=c08e DHE_PSK=c090 RSA_PSK=c092',
  CAMELLIA_256_GCM_SHA384:
    'RSA=c07b DHE_RSA=c07d DH_RSA=c07f DHE_DSS=c081 DH_DSS=c083 DH_anon=c085 ECDHE_ECDSA=c087 ECDH_ECDSA=c089 ' +
    'ECDHE_RSA=c08b ECDH_RSA=c08d PSK=c08f DHE_PSK=c091 RSA_PSK=c093',
  AES_128_CCM: 'RSA=c09c DHE_RSA=c09e PSK=c0a4 DHE_PSK=c0a6 ECDHE_ECDSA=c0ac',
  AES_256_CCM: 'RSA=c09d DHE_RSA=c09f PSK=c0a5 DHE_PSK=c0a7 ECDHE_ECDSA=c0ad',
  AES_128_CCM_8: 'RSA=c0a0 DHE_RSA=c0a2 PSK=c0a8 PSK_DHE=c0aa ECDHE_ECDSA=c0ae ECJPAKE=c0ff',
  AES_256_CCM_8: 'RSA=c0a1 DHE_RSA=c0a3 PSK=c0a9 PSK_DHE=c0ab ECDHE_ECDSA=c0af',
  AES_128_CCM_SHA256: 'ECCPWD=c0b2 ECDHE_PSK=d005',
  AES_256_CCM_SHA384: 'ECCPWD=c0b3',
  CHACHA20_POLY1305_SHA256:
    'ECDHE_RSA=cc13 ECDHE_ECDSA=cc14 DHE_RSA=cc15 ECDHE_RSA=cca8 ECDHE_ECDSA=cca9 DHE_RSA=ccaa PSK=ccab ' +
    'ECDHE_PSK=ccac DHE_PSK=ccad RSA_PSK=ccae',
  AES_128_CCM_8_SHA256: 'ECDHE_PSK=d003',
};

/** Those of TLS 1.3 name no key exchange (RFC 8446, appendix B.4); the last two signal something (RFC 5746, RFC 7507). */
const unbound: Readonly<Record<string, number>> = {
  SM4_GCM_SM3: 0x00c6,
  SM4_CCM_SM3: 0x00c7,
  AES_128_GCM_SHA256: 0x1301,
  AES_256_GCM_SHA384: 0x1302,
  CHACHA20_POLY1305_SHA256: 0x1303,
  AES_128_CCM_SHA256: 0x1304,
  AES_128_CCM_8_SHA256: 0x1305,
  EMPTY_RENEGOTIATION_INFO_SCSV: 0x00ff,
  FALLBACK_SCSV: 0x5600,
};

const nameByCode: ReadonlyMap<number, string> = new Map([
  ...Object.entries(registry).flatMap(([protection, uses]) =>
    uses.split(' ').map((use): [number, string] => {
      const [exchange, code] = use.split('=');
      return [Number.parseInt(code, 16), `TLS_${exchange}_WITH_${protection}`];
    }),
  ),
  ...Object.entries(unbound).map(([name, code]): [number, string] => [code, `TLS_${name}`]),
]);

/** `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; `0x1234` for one that is not known. */
export function suiteName(code: number): string {
  return nameByCode.get(code) ?? `0x${code.toString(16).padStart(4, '0')}`;
}

/** How the records of a suite are protected. */
export interface SuiteProtection {
  readonly kind: 'gcm' | 'ccm' | 'chacha20' | 'cbc';
  readonly keyLength: number;
  /** Bytes of the tag; 0 with CBC. */
  readonly tagLength: number;
  /** What the records of CBC are authenticated by; null with the others, which do that themselves. */
  readonly mac: HashName | null;
  /** Hash of the key derivation of TLS 1.2 and 1.3. */
  readonly hash: 'sha256' | 'sha384';
  /** It is one of TLS 1.3, and of no other version. */
  readonly isTls13: boolean;
}

const pattern = /^TLS_(?:\w+_WITH_)?(?:AES_(128|256)_(GCM|CCM_8|CCM|CBC)|CHACHA20_POLY1305)(?:_(SHA256|SHA384|SHA))?$/;

/** What can be opened of a suite; null when it is none of AES with GCM, CCM, CBC and ChaCha20-Poly1305. */
export function suiteProtection(code: number): SuiteProtection | null {
  const name = nameByCode.get(code) ?? '';
  const match = pattern.exec(name);
  if (!match) return null;
  const [, bits, mode, hashName] = match as unknown as (string | undefined)[];
  const hash = hashName === 'SHA384' ? 'sha384' : 'sha256';
  const mac = mode !== 'CBC' ? null : hashName === 'SHA' ? 'sha1' : hash;
  return {
    kind: mode === undefined ? 'chacha20' : mode === 'GCM' ? 'gcm' : mode === 'CBC' ? 'cbc' : 'ccm',
    keyLength: bits === '128' ? 16 : 32,
    tagLength: mode === 'CBC' ? 0 : mode === 'CCM_8' ? 8 : 16,
    mac,
    hash,
    isTls13: !name.includes('_WITH_'),
  };
}
