import { fail, ok, type Result } from '#shared/base/result';
import type { EventName, EventPayloads } from '#shared/ipc/contract';
import type { CaptureSummary } from '#shared/model/capture';
import type { DecodeAsRule, DecodeAsState } from '#shared/model/decode-as';
import type { CaptureService, OpenOptions } from '../services/capture-service';
import type { CommandHandlers } from './commands';
import type { DecodeAsRules } from './decode-as-rules';
import type { RecentFiles } from './recent-files';

export type Send = <Name extends EventName>(name: Name, payload: EventPayloads[Name]) => void;

type CaptureCommand = Extract<
  keyof CommandHandlers,
  `${'capture' | 'table' | 'timeline' | 'call' | 'session' | 'object' | 'stream' | 'packet' | 'conversation'}:${string}`
>;

/** The one capture that the window shows: a new one takes the place of the old one, once it is recognised. */
export class CaptureSession {
  private currentId: string | null = null;
  private opening: Promise<unknown> = Promise.resolve();
  /** Keys of 802.11 networks, kept in memory alone until the program ends. */
  private wlanKeys: readonly string[] = [];
  /** Paths of key logs of TLS, kept in memory alone until the program ends. */
  private keyLogs: readonly string[] = [];

  /** What the streams of the present capture were told. */
  private applied: readonly DecodeAsRule[] = [];

  constructor(
    private readonly captures: CaptureService,
    private readonly recentFiles: RecentFiles,
    private readonly decodeAsRules: DecodeAsRules,
    private readonly send: Send,
    /** What was made of the media of a capture is not right any more. */
    private readonly onDecodedAs: (captureId: string) => void,
  ) {
    captures.on('opened', (summary) => send('capture:opened', summary));
    captures.on('closed', (closed) => send('capture:closed', closed));
    captures.on('progress', (progress) => send('capture:progress', progress));
    captures.on('summary', (summary) => send('capture:summary', summary));
    captures.on('failed', (failed) => send('capture:failed', failed));
    captures.on('tables', (changed) => send('tables:changed', changed));
  }

  current(): CaptureSummary | null {
    return this.currentId === null ? null : this.captures.summary(this.currentId);
  }

  /**
   * Opens a file, or several as one, in the place of the present capture, which stays when they are none. One after
   * another.
   */
  open(path: string | readonly string[], options: OpenOptions = {}): Promise<Result<{ readonly captureId: string }>> {
    const paths = typeof path === 'string' ? [path] : path;
    const result = this.opening.then(() => this.replace(paths, options));
    this.opening = result.catch(() => undefined);
    return result;
  }

  /** Reads on as the capture's file grows, or no longer. What was read to its end is read anew. */
  async follow(captureId: string, follow: boolean): Promise<Result<{ readonly captureId: string }>> {
    const { files, following } = this.captures.summary(captureId);
    if (following && !follow) await this.captures.stopFollowing(captureId);
    if (following === follow || !follow) return ok({ captureId });
    if (files.length !== 1) {
      return fail('cannot-follow', 'Several files that are merged cannot be followed.', {
        hint: 'Open the one that is still being written by itself.',
      });
    }
    return this.open(files[0].path, { follows: true });
  }

  /** Reads the capture anew with one more key; it stays as it was when the key cannot be one. */
  async addWlanKey(captureId: string, key: string): Promise<Result<{ readonly captureId: string }>> {
    const { files } = this.captures.summary(captureId);
    const wlanKeys = [...this.wlanKeys.filter((known) => known !== key), key];
    const paths = files.map(({ path }) => path);
    const opened = await this.open(paths, { wlanKeys });
    if (opened.ok) this.wlanKeys = wlanKeys;
    return opened;
  }

  /** Reads the capture anew with one more key log of TLS; it stays as it was when the file is none. */
  async addKeyLog(captureId: string, path: string): Promise<Result<{ readonly captureId: string }>> {
    const { files } = this.captures.summary(captureId);
    const keyLogs = [...this.keyLogs.filter((known) => known !== path), path];
    const opened = await this.open(
      files.map((file) => file.path),
      { keyLogs },
    );
    if (opened.ok) this.keyLogs = keyLogs;
    return opened;
  }

  /** What was said of the ports of a capture, and what can be said. */
  async decodeAs(captureId: string): Promise<DecodeAsState> {
    const sha256 = await this.captures.sha256(captureId);
    return { rules: this.decodeAsRules.of(sha256), formats: this.captures.payloadFormats };
  }

  /** Says what ports carry, in place of all that was said before; where something is taken back it is read anew. */
  async setDecodeAs(
    captureId: string,
    rules: readonly DecodeAsRule[],
  ): Promise<Result<{ readonly captureId: string }>> {
    const { files, state } = this.captures.summary(captureId);
    this.decodeAsRules.set(await this.captures.sha256(captureId), rules);
    const isKept = ({ port, format }: DecodeAsRule): boolean =>
      rules.some((rule) => rule.port === port && (rule.format !== null || format === null));
    if (!this.applied.every(isKept)) return this.open(files.map(({ path }) => path));
    const applying = this.applyDecodeAs(captureId);
    if (state !== 'loading') await applying;
    return ok({ captureId });
  }

  /** What is said of ports counts once everything was read. */
  private async applyDecodeAs(captureId: string): Promise<void> {
    await this.captures.whenLoaded(captureId);
    const rules = this.decodeAsRules.of(await this.captures.sha256(captureId));
    if (captureId !== this.currentId) return;
    const isApplied = (rule: DecodeAsRule): boolean =>
      this.applied.some((known) => JSON.stringify(known) === JSON.stringify(rule));
    const news = rules.filter((rule) => !isApplied(rule));
    this.applied = rules;
    if (news.length === 0) return;
    await this.captures.decodeAs(captureId, news);
    this.onDecodedAs(captureId);
  }

  async close(captureId: string): Promise<void> {
    if (captureId === this.currentId) this.currentId = null;
    await this.captures.close(captureId);
  }

  private async replace(
    paths: readonly string[],
    options: OpenOptions,
  ): Promise<Result<{ readonly captureId: string }>> {
    const { wlanKeys, keyLogs } = this;
    const opened = await this.captures.open(paths, { wlanKeys, keyLogs, ...options });
    if (!opened.ok) {
      // A key log of before that is not there any more keeps no capture from being opened.
      const isStale = opened.error.code === 'bad-key-log' && options.keyLogs === undefined;
      const left = keyLogs.filter((known) => known !== opened.error.where);
      if (isStale && left.length < keyLogs.length) {
        this.keyLogs = left;
        return this.replace(paths, options);
      }
      if (opened.error.code === 'file-missing') this.recentFiles.remove(opened.error.where ?? '');
      return opened;
    }
    const { captureId, files } = opened.value;
    const previous = this.currentId;
    this.currentId = captureId;
    this.applied = [];
    // A capture that is closed meanwhile needs it no more.
    this.applyDecodeAs(captureId).catch(() => undefined);
    for (const { path } of [...files].reverse()) this.recentFiles.add(path);
    if (previous !== null) await this.captures.close(previous);
    return ok({ captureId });
  }
}

/** Commands about captures and what is in them. */
export function captureHandlers(
  session: CaptureSession,
  captures: CaptureService,
  askForKeyLog: () => Promise<string | null>,
): Pick<CommandHandlers, CaptureCommand> {
  return {
    'capture:open': ({ path, paths = [path] }) => session.open(paths),
    'capture:follow': ({ captureId, follow }) => session.follow(captureId, follow),
    'capture:cancel': async ({ captureId }) => {
      await captures.cancel(captureId);
      return ok(null);
    },
    'capture:close': async ({ captureId }) => {
      await session.close(captureId);
      return ok(null);
    },
    'capture:current': () => ok(session.current()),
    'capture:wlan-networks': async ({ captureId }) => ok(await captures.wlanNetworks(captureId)),
    'capture:add-wlan-key': ({ captureId, key }) => session.addWlanKey(captureId, key),
    'capture:tls-summary': async ({ captureId }) => ok(await captures.tlsSummary(captureId)),
    'capture:add-key-log': async ({ captureId }) => {
      const path = await askForKeyLog();
      return path === null ? ok(null) : session.addKeyLog(captureId, path);
    },
    'capture:decode-as': async ({ captureId }) => ok(await session.decodeAs(captureId)),
    'capture:set-decode-as': ({ captureId, rules }) => session.setDecodeAs(captureId, rules),
    'table:definitions': () => ok(captures.tableDefinitions),
    'table:page': async ({ captureId, query }) => ok(await captures.page(captureId, query)),
    'timeline:get': async ({ captureId }) => ok(await captures.timeline(captureId)),
    'call:ladder': async ({ captureId, callId }) => ok(await captures.ladder(captureId, callId)),
    'call:message': async ({ captureId, messageId }) => ok(await captures.message(captureId, messageId)),
    'object:preview': async ({ captureId, objectId }) => ok(await captures.objectPreview(captureId, objectId)),
    'session:detail': async ({ captureId, sessionId }) => ok(await captures.mediaSession(captureId, sessionId)),
    'session:message': async ({ captureId, messageId }) => ok(await captures.sessionMessage(captureId, messageId)),
    'stream:detail': async ({ captureId, streamId }) => ok(await captures.stream(captureId, streamId)),
    'stream:series': async ({ captureId, streamId, buckets }) =>
      ok(await captures.series(captureId, streamId, buckets)),
    'packet:detail': async ({ captureId, frame }) => ok(await captures.packetDetail(captureId, frame)),
    'packet:locate': async ({ captureId, ...wanted }) => ok(await captures.locatePacket(captureId, wanted)),
    'conversation:follow': async ({ captureId, ...wanted }) => ok(await captures.follow(captureId, wanted)),
  };
}
