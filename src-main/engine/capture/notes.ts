import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { InterfaceFacts, SectionFacts } from '#shared/model/capture';

/** Keys that a capture carries along (pcapng Decryption Secrets, draft-ietf-opsawg-pcapng section 4.7). */
export interface DecryptionSecrets {
  /** As registered: 0x544c534b TLS key log, 0x57474b4c WireGuard key log, 0x5353484b SSH, ... */
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Number of the frame that follows them; they hold for the whole file all the same. */
  readonly frame: number;
}

export interface InterfaceNotes extends Omit<InterfaceFacts, 'received' | 'dropped' | 'packets'> {
  received: number | null;
  dropped: number | null;
  packets: number;
}

interface Limits {
  readonly count: number;
  readonly bytes: number;
}

/** A hostile file may hold nothing but notes: what goes beyond is left out, with a diagnostic. */
const limits = {
  sections: { count: 1000, bytes: 4 << 20 },
  secrets: { count: 65_536, bytes: 64 << 20 },
  names: { count: 1_000_000, bytes: 64 << 20 },
  comments: { count: 1_000_000, bytes: 64 << 20 },
} as const satisfies Record<string, Limits>;

/** Names kept of one address. */
const NAMES_OF_ADDRESS = 100;

type Kept = keyof typeof limits;

/** What a capture file says beside its packets. Bounded, whatever the file. */
export class CaptureNotes {
  /** Which kind of its format: `little-endian, nanoseconds`. */
  variant = '';
  readonly sections: SectionFacts[] = [];
  /** In the order of `Frame.interfaceIndex`. */
  readonly interfaces: InterfaceNotes[] = [];
  readonly secrets: DecryptionSecrets[] = [];
  /** Names by address, as the file resolves them: `192.0.2.1`, `2001:db8::1`, `00:11:22:33:44:55`. */
  readonly names = new Map<string, readonly string[]>();
  /** Grows with whatever is noted. */
  revision = 0;
  private readonly commentsByFrame = new Map<number, readonly string[]>();
  private readonly used: Record<Kept, { count: number; bytes: number }> = {
    sections: { count: 0, bytes: 0 },
    secrets: { count: 0, bytes: 0 },
    names: { count: 0, bytes: 0 },
    comments: { count: 0, bytes: 0 },
  };
  private readonly full = new Set<Kept>();

  constructor(private readonly sink: DiagnosticSink) {}

  /** How many frames have a comment. */
  get commentedFrames(): number {
    return this.commentsByFrame.size;
  }

  /** Comments of a frame, in the order of the file. */
  commentsOf(frame: number): readonly string[] {
    return this.commentsByFrame.get(frame) ?? [];
  }

  addSection(section: SectionFacts): void {
    if (this.hasRoom('sections', textBytes(section.comments))) this.sections.push(section);
  }

  addSecrets(secrets: DecryptionSecrets): void {
    if (this.hasRoom('secrets', secrets.bytes.length)) this.secrets.push(secrets);
  }

  addName(address: string, name: string): void {
    const known = this.names.get(address) ?? [];
    if (known.length >= NAMES_OF_ADDRESS || known.includes(name) || !this.hasRoom('names', textBytes([address, name])))
      return;
    this.names.set(address, [...known, name]);
  }

  addComments(frame: number, comments: readonly string[]): void {
    if (comments.length === 0 || !this.hasRoom('comments', textBytes(comments))) return;
    this.commentsByFrame.set(frame, [...this.commentsOf(frame), ...comments]);
  }

  private hasRoom(kind: Kept, bytes: number): boolean {
    const used = this.used[kind];
    if (used.count >= limits[kind].count || used.bytes + bytes > limits[kind].bytes) {
      if (!this.full.has(kind)) {
        this.full.add(kind);
        this.sink.report('warning', 'capture-notes-full', null, `The file has too many ${kind}; the rest is left out.`);
      }
      return false;
    }
    used.count += 1;
    used.bytes += bytes;
    this.revision += 1;
    return true;
  }
}

/** Rough size in memory of texts. */
function textBytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + 2 * text.length + 32, 0);
}
