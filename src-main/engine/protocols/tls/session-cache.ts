import type { CipherSuite } from '../../crypto/cipher-suite';
import { hexText } from './hex';
import type { SecretOrigin } from './key-log';

/** A master secret, and where it came from. */
export interface SessionSecret {
  readonly master: Uint8Array;
  readonly origin: SecretOrigin;
}

/** Sessions that are remembered; of more the oldest are forgotten. */
const mostSessions = 16_384;

/**
 * Master secrets by what a session of TLS 1.2 and before is resumed by: its id (RFC 5246) or a ticket (RFC 5077). A key
 * log need not name the connection that resumes it.
 */
export class SessionCache {
  private readonly secrets = new Map<string, SessionSecret>();

  byId(id: Uint8Array): SessionSecret | null {
    return this.secrets.get(`id ${hexText(id)}`) ?? null;
  }

  byTicket(suite: CipherSuite, ticket: Uint8Array): SessionSecret | null {
    return this.secrets.get(ticketName(suite, ticket)) ?? null;
  }

  addId(id: Uint8Array, secret: SessionSecret): void {
    this.add(`id ${hexText(id)}`, secret);
  }

  addTicket(suite: CipherSuite, ticket: Uint8Array, secret: SessionSecret): void {
    this.add(ticketName(suite, ticket), secret);
  }

  private add(name: string, secret: SessionSecret): void {
    this.secrets.set(name, secret);
    if (this.secrets.size <= mostSessions) return;
    for (const oldest of this.secrets.keys()) {
      this.secrets.delete(oldest);
      break;
    }
  }
}

/** Tickets may be long: a keyed hash stands for them. */
function ticketName(suite: CipherSuite, ticket: Uint8Array): string {
  return `ticket ${hexText(suite.hmac('sha256', new Uint8Array(1), ticket))}`;
}
