import { headerLength } from './record-reader';
import type { RecordCipher } from './record-cipher';

/** How far a search for a sequence number goes. */
const mostTries = 1024;
/** Finished of TLS 1.2 and before: a header and 12 bytes. */
const finishedLength = 16;
/** Longest content of a record (RFC 8446, section 5.1). */
const longestContent = 16_384;
/** What one try costs beside the bytes it decrypts. */
const tryCost = 512;

/**
 * Work that searches for sequence numbers may do, in bytes, all connections together: what was opened without searching
 * buys more, so that only what is made to be searched in vain runs out of it.
 */
export class SearchBudget {
  private left = 1 << 30;

  spend(bytes: number): boolean {
    if (this.left <= 0) return false;
    this.left -= bytes + tryCost;
    return true;
  }

  earn(bytes: number): void {
    if (this.left < 1 << 30) this.left += bytes;
  }
}

/** Records under one key, or one of several while nobody knows which suite it belongs to. */
export interface Epoch {
  /** `session`: TLS 1.2 and before. */
  readonly stage: 'early' | 'handshake' | 'application' | 'session';
  /** Empty when there is no key for them. */
  ciphers: readonly RecordCipher[];
  /** The epoch after a KeyUpdate; null when there is none. */
  next?(cipher: RecordCipher): Epoch | null;
}

/** A record that was opened. Valid until the next one is. */
export interface Opened {
  content: Uint8Array;
  epoch: Epoch;
  /** Records between this one and the one opened before that never came, or did not authenticate. */
  lostRecords: number;
  /** Bytes of the stream that these and their headers had, and what of it was content, as far as that is known. */
  lostContent: number;
}

/**
 * Opens the protected records of one direction, through one key after the other. Which key is in use and how many
 * records were lost is found by trying: only the right answer authenticates.
 */
export class RecordOpener {
  private readonly epochs: Epoch[] = [];
  private sequence = 0;
  /** Bytes of the stream since the record opened last: lost, or of records that could not be opened; and those records. */
  private unread = 0;
  private unreadRecords = 0;
  private readonly opened: Opened = {
    content: new Uint8Array(0),
    epoch: { stage: 'session', ciphers: [] },
    lostRecords: 0,
    lostContent: 0,
  };

  constructor(private readonly budget: SearchBudget) {}

  /** The epoch in use; null before the first. */
  get current(): Epoch | null {
    return this.epochs[0] ?? null;
  }

  /** Whether there is a key for the records of now or later. */
  get hasKeys(): boolean {
    return this.epochs.some(({ ciphers }) => ciphers.length > 0);
  }

  /** Something is missing since the record opened last. */
  get hasLoss(): boolean {
    return this.unread > 0;
  }

  /** Sets the epochs that follow one another; what was lost until now may belong to the first of them. */
  begin(...epochs: readonly Epoch[]): void {
    this.epochs.splice(0, this.epochs.length, ...epochs);
    this.sequence = 0;
  }

  /** Sets the epochs that follow the one in use. */
  follow(...epochs: readonly Epoch[]): void {
    this.epochs.splice(1, this.epochs.length, ...epochs);
  }

  /** From here on the records belong to the next epoch. */
  advance(): void {
    this.epochs.shift();
    this.sequence = 0;
    this.forget();
  }

  /** About how much content is missing behind the record opened last, as at the end of the stream; 0 when nothing is. */
  get missingContent(): number {
    const [cipher] = this.epochs[0]?.ciphers ?? [];
    if (this.unread === 0 || !cipher || this.sequence === 0) return 0;
    const framing = headerLength + cipher.overhead;
    const records = Math.max(this.unreadRecords, Math.ceil(this.unread / (longestContent + framing)));
    return Math.max(1, this.unread - records * framing);
  }

  /** What was lost until now does not matter: a new beginning is known. */
  forget(): void {
    this.unread = 0;
    this.unreadRecords = 0;
  }

  /** A KeyUpdate: the next record is under the next key. */
  update(): void {
    const [current] = this.epochs;
    const next = current?.ciphers.length === 1 ? current.next?.(current.ciphers[0]) : null;
    if (next) this.epochs.splice(1, 0, next);
  }

  /** Bytes of the stream that are no record that could be opened. */
  lose(length: number): void {
    this.unread += length;
  }

  /** Content of a record, `body` what is behind its header; null when no key opens it. Borrowed until the next call. */
  open(type: number, version: number, body: Uint8Array): Opened | null {
    const found = this.find(type, version, body);
    for (const { ciphers } of this.epochs) for (const cipher of ciphers) cipher.passed?.(body);
    if (found) {
      this.budget.earn(body.length);
      return found;
    }
    this.unread += headerLength + body.length;
    this.unreadRecords += 1;
    return null;
  }

  private find(type: number, version: number, body: Uint8Array): Opened | null {
    const { epochs, unread } = this;
    if (epochs.length === 0) return null;
    const first = this.attempt(0, this.sequence, type, version, body);
    if (first) return first;
    // The next key may be in use by now: what ends an epoch may have been lost, and early data may have been refused.
    for (let i = 1; i < epochs.length; i += 1) {
      const later = this.attempt(i, 0, type, version, body);
      if (later) return later;
    }
    if (unread === 0) return null;
    for (let i = 0; i < epochs.length; i += 1) {
      const from = i === 0 ? this.sequence : 0;
      const found = this.search(i, from, type, version, body);
      if (found) return found;
    }
    // A KeyUpdate may have been lost as well.
    const [current] = epochs;
    const isKnown = epochs.length === 1 && current.ciphers.length === 1;
    const next = isKnown ? current.next?.(current.ciphers[0]) : null;
    if (!next) return null;
    epochs.push(next);
    const found =
      this.attempt(epochs.length - 1, 0, type, version, body) ?? this.search(epochs.length - 1, 0, type, version, body);
    if (!found) epochs.pop();
    return found;
  }

  /** Tries the sequence numbers behind `from` that what was lost has room for. */
  private search(index: number, from: number, type: number, version: number, body: Uint8Array): Opened | null {
    const { ciphers } = this.epochs[index];
    if (ciphers.length === 0) return null;
    const tries = Math.min(mostTries, Math.floor(this.unread / (headerLength + 1)));
    for (let i = 1; i <= tries; i += 1) {
      if (!this.budget.spend(body.length * ciphers.length)) return null;
      const found = this.attempt(index, from + i, type, version, body);
      if (found) return found;
    }
    return null;
  }

  private attempt(index: number, sequence: number, type: number, version: number, body: Uint8Array): Opened | null {
    const epoch = this.epochs[index];
    for (const cipher of epoch.ciphers) {
      const content = cipher.open(sequence, type, version, body);
      if (!content) continue;
      const { opened, unread } = this;
      const from = index === 0 ? this.sequence : 0;
      const lostRecords = sequence - from;
      opened.content = content;
      opened.epoch = epoch;
      opened.lostRecords = lostRecords;
      // The first record of a session is its Finished.
      const finished = from === 0 && epoch.stage === 'session' ? finishedLength : 0;
      const lost = unread - lostRecords * (headerLength + cipher.overhead) - finished;
      opened.lostContent = lostRecords <= (finished > 0 ? 1 : 0) ? 0 : Math.max(1, lost);
      // Now it is known which suite it is, and that the epochs before are over.
      epoch.ciphers = [cipher];
      this.epochs.splice(0, index);
      this.sequence = sequence + 1;
      this.forget();
      return opened;
    }
    return null;
  }
}
