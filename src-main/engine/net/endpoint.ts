export { formatAddress, formatMac } from '../bytes/addresses';

/** A transport address as text: what SDP, rows and keys use. */
export interface Endpoint {
  /** `192.0.2.1`, `2001:db8::1` (RFC 5952). */
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
