import { JpegScanner, type ScannedPicture } from '../../containers/jpeg-scanner';
import { Extents } from '../../bytes/extents';
import { type HttpField, MultipartSplitter } from '../../protocols/http/index';
import type { BodyListener } from '../http/index';

/** Takes pictures as they are found, with the fields that stood before them. */
export type PictureTaker = (picture: ScannedPicture, fields: readonly HttpField[]) => void;

/** Pictures out of a multipart body: each part that is one. */
export class MultipartPictures implements BodyListener {
  private readonly splitter: MultipartSplitter;
  private found: ScannedPicture[] = [];
  private scanner = new JpegScanner((picture) => this.found.push(picture));
  private fields: readonly HttpField[] = [];
  private extents = new Extents();
  private firstFrame = -1;
  private firstTimeNs = -1;
  private lastTimeNs = -1;

  constructor(private readonly take: PictureTaker) {
    this.splitter = new MultipartSplitter({
      onPart: (fields) => this.begin(fields),
      onData: (...piece) => this.data(...piece),
      onGap: (length, _frame, timeNs) => this.gap(length, timeNs),
      onPartEnd: (isComplete) => this.finish(isComplete),
    });
  }

  onData(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    this.splitter.push(bytes, start, end, frame, timeNs, address);
  }

  onGap(length: number, frame: number, timeNs: number): void {
    this.splitter.gap(length, frame, timeNs);
  }

  onEnd(isComplete: boolean): void {
    this.splitter.end(isComplete);
  }

  private begin(fields: readonly HttpField[]): void {
    this.fields = fields;
    this.found = [];
    this.extents = new Extents();
    this.scanner = new JpegScanner((picture) => this.found.push(picture));
    this.firstFrame = -1;
  }

  private data(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    if (this.firstFrame < 0) {
      this.firstFrame = frame;
      this.firstTimeNs = timeNs;
    }
    this.lastTimeNs = timeNs;
    this.extents.push(address, end - start);
    this.scanner.push(bytes, start, end, frame, timeNs, address);
  }

  private gap(length: number, timeNs: number): void {
    this.extents.pushGap(length);
    this.lastTimeNs = timeNs;
    this.scanner.gap(length, timeNs);
  }

  private finish(isComplete: boolean): void {
    this.scanner.end();
    const { extents, firstFrame, firstTimeNs, lastTimeNs, found } = this;
    this.found = [];
    // Several are those that a hole has brought together; of a part without end, only the picture is sure.
    if (found.length !== 1 || !isComplete) {
      for (const picture of found) this.take(picture, this.fields);
      return;
    }
    const [{ width, height, isWhole }] = found;
    this.take({ extents, firstFrame, firstTimeNs, lastTimeNs, width, height, isWhole }, this.fields);
  }
}

/** Pictures out of a body that is one, or one after the other; any other body is let alone after its first byte. */
export class BodyPictures implements BodyListener {
  private readonly scanner: JpegScanner;
  private state: 'begin' | 'pictures' | 'other' = 'begin';

  constructor(
    take: PictureTaker,
    private readonly onBoundary: () => BodyListener,
    private readonly whenOver: () => void,
  ) {
    this.scanner = new JpegScanner((picture) => take(picture, []));
  }

  private parts: BodyListener | null = null;

  onData(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    if (this.state === 'begin') {
      this.state = bytes[start] === 0xff ? 'pictures' : 'other';
      // Two dashes begin a part, whatever the head said.
      if (bytes[start] === 0x2d) this.parts = this.onBoundary();
    }
    if (this.state === 'pictures') this.scanner.push(bytes, start, end, frame, timeNs, address);
    else this.parts?.onData(bytes, start, end, frame, timeNs, address);
  }

  onGap(length: number, frame: number, timeNs: number): void {
    if (this.state === 'pictures') this.scanner.gap(length, timeNs);
    else this.parts?.onGap(length, frame, timeNs);
  }

  onEnd(isComplete: boolean): void {
    if (this.state === 'pictures') this.scanner.end();
    this.parts?.onEnd(isComplete);
    this.whenOver();
  }
}
