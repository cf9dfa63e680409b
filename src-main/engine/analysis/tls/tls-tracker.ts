import type { Ladder } from '#shared/model/call';
import type { SessionMessageDetail, SessionRow } from '#shared/model/session';
import type { TlsSummary } from '#shared/model/tls';
import type { StreamChannel, StreamProtocol } from '../../flow/stream-dissector';
import { SearchBudget, SessionCache, TlsFacts, tlsProtocol } from '../../protocols/tls/index';
import type { SessionHost } from '../sessions/session-host';
import { arraySource } from '../../store/table-view';
import { sessionMessageTable } from '../sessions/session-table';
import type { SessionTracker, TrackerTable } from '../sessions/session-tracker';
import { type MessageSource, tlsLadder, tlsMessageDetail, tlsMessageRows } from './tls-messages';
import type { KeyLogText } from './tls-secrets';
import { tlsSessionRow, tlsState, tlsSummary } from './tls-rows';

/** Connections that are listed; those beyond are decrypted all the same. */
const mostSessions = 50_000;

interface Session {
  readonly facts: TlsFacts;
  readonly endpoints: StreamChannel['endpoints'];
}

/** TLS connections of a capture: what their handshakes say, and whether their records could be opened. */
export class TlsTracker implements SessionTracker {
  revision = 0;
  readonly protocols: readonly StreamProtocol[];
  readonly tables: readonly TrackerTable[] = [
    {
      id: 'session-messages',
      definition: sessionMessageTable,
      rows: (scope) => {
        const source = this.sourceOf(scope);
        return (
          source &&
          arraySource(
            () => this.revision,
            () => tlsMessageRows(source),
          )
        );
      },
    },
  ];
  private readonly all: Session[] = [];
  private rows: readonly SessionRow[] = [];
  private rowsRevision = -1;

  constructor(private readonly host: Pick<SessionHost, 'bytes' | 'ciphers' | 'sink' | 'tlsSecrets'>) {
    const { ciphers, tlsSecrets } = host;
    const context = {
      suite: ciphers,
      sessions: new SessionCache(),
      budget: new SearchBudget(),
      room: { waiting: 0, kept: 0, messages: 0 },
      secretsOf: (random: Uint8Array) => tlsSecrets.of(random),
      onChange: () => {
        this.revision += 1;
      },
    };
    this.protocols = [tlsProtocol(context, (channel) => this.begin(channel))];
  }

  sessions(): readonly SessionRow[] {
    if (this.rowsRevision !== this.revision) {
      this.rowsRevision = this.revision;
      this.rows = this.all.map(({ facts, endpoints }, i) => {
        const { source, destination } = endpoints(0);
        return tlsSessionRow(`tls-${i + 1}`, facts, source, destination);
      });
    }
    return this.rows;
  }

  ladder(id: string): Ladder | null {
    const source = this.sourceOf(id);
    return source && tlsLadder(source);
  }

  message(id: string): SessionMessageDetail | null {
    const [, sessionId, number] = /^(tls-\d+)-m(\d+)$/.exec(id) ?? [];
    const source = sessionId === undefined ? null : this.sourceOf(sessionId);
    return source && tlsMessageDetail(source, Number(number) - 1);
  }

  framesOf(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    const session = this.sessionOf(id);
    return session && { flows: [session.facts.flow, session.facts.flow + 1], frames: [] };
  }

  summary(): TlsSummary {
    return tlsSummary(
      this.all.map(({ facts }) => facts),
      this.host.tlsSecrets,
    );
  }

  /**
   * Key logs of the capture that came behind packets which they open: read once more with these, more of it is
   * decrypted. Null when that would change nothing.
   */
  lateKeyLogs(): readonly KeyLogText[] | null {
    const { ciphers, tlsSecrets } = this.host;
    const isLate = ({ facts }: Session): boolean =>
      facts.origin === null && facts.clientRandom !== null && tlsSecrets.of(facts.clientRandom) !== null;
    return ciphers !== null && this.all.some(isLate) ? tlsSecrets.captureKeyLogs : null;
  }

  finish(): void {
    const { sink, tlsSecrets } = this.host;
    let closed = 0;
    let firstClosed: number | null = null;
    let opened = 0;
    let firstOpened: number | null = null;
    for (const { facts } of this.all) {
      if (facts.origin === 'capture' && facts.openedRecords > 0) {
        opened += 1;
        firstOpened ??= facts.firstFrame;
      }
      if (tlsState(facts) !== 'no key') continue;
      closed += 1;
      firstClosed ??= facts.firstFrame;
    }
    if (opened > 0) {
      const secrets = tlsSecrets.captureCount;
      const what = `${opened} of ${this.all.length} TLS connections were decrypted with secrets of the capture itself`;
      sink.report('note', 'tls-capture-secrets', firstOpened, `${what} (${secrets} in its Decryption Secrets Blocks).`);
    }
    if (closed > 0) {
      const what = `${closed} of ${this.all.length} TLS connections stay encrypted`;
      sink.report('note', 'tls-no-key', firstClosed, `${what}: no key log has a secret for their client random.`);
    }
  }

  private sessionOf(id: string): Session | null {
    return /^tls-\d+$/.test(id) ? (this.all[Number(id.slice(4)) - 1] ?? null) : null;
  }

  private sourceOf(id: string): MessageSource | null {
    const session = this.sessionOf(id);
    if (!session) return null;
    const { source, destination } = session.endpoints(0);
    return { id, facts: session.facts, sides: [source, destination], bytes: this.host.bytes };
  }

  private begin(channel: StreamChannel): TlsFacts {
    const facts = new TlsFacts(channel.flow, channel.layers);
    if (this.all.length < mostSessions)
      this.all.push({ facts, endpoints: (direction) => channel.endpoints(direction) });
    else {
      this.host.sink.report(
        'warning',
        'tls-session-limit',
        null,
        `There are more than ${mostSessions} TLS connections: further ones are not listed.`,
      );
    }
    return facts;
  }
}
