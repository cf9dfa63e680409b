import { formatEndpoint } from '../../net/endpoint';
import { fieldValue, type HttpConnection, type HttpExchange } from '../../protocols/http/index';
import type { ExtentStore } from '../http/extent-store';
import type { ExchangeRecord } from '../http/index';
import { PictureList } from './picture-list';

export type Transfer = 'request' | 'multipart' | 'endless';

/** How many pictures it takes to believe in a camera, by how alike their addresses are. */
const minSameUrl = 4;
const minSamePath = 6;
const minNumbered = 12;
/** Browsers fetch the pictures of a page side by side; who asks a camera waits for each. */
const maxOverlap = 0.2;
const minSameSize = 0.9;
/** Ends that are told of; a viewer may open a connection a picture. */
const maxClients = 4;

/** Pictures that came from one place: a camera, if there are enough of them and they are alike. */
export class PictureSeries {
  readonly list: PictureList;
  readonly records: ExchangeRecord[] = [];
  readonly clients = new Set<string>();
  readonly flows = new Set<number>();
  url: string;
  agent: string | null;
  readonly product: string | null;
  readonly connection: HttpConnection;
  /** Once it is a camera. */
  id: string | null = null;
  private readonly urls = new Set<string>();
  private readonly paths = new Set<string>();
  private readonly sizes = new Map<string, number>();
  private overlaps = 0;
  private lastEndNs = -1;
  private lastConnection = -1;

  constructor(
    readonly transfer: Transfer,
    exchange: HttpExchange,
    store: ExtentStore,
  ) {
    this.list = new PictureList(store);
    this.url = exchange.url;
    this.connection = exchange.connection;
    this.agent = fieldValue(exchange.request?.fields ?? [], 'user-agent');
    this.product = fieldValue(exchange.response?.fields ?? [], 'server');
  }

  /** Another exchange brings pictures. */
  join(exchange: HttpExchange): void {
    const { connection, request, url } = exchange;
    if (this.clients.size < maxClients) this.clients.add(formatEndpoint(connection.client));
    this.flows.add(connection.flow);
    const isEarly = request !== null && request.timeNs < this.lastEndNs && connection.id !== this.lastConnection;
    if (isEarly) this.overlaps += 1;
    this.lastConnection = connection.id;
    this.urls.add(url.length > 0 && this.urls.size < minNumbered ? url : '');
    this.paths.add(this.paths.size < minNumbered ? pathOf(url) : '');
  }

  /** A picture was added to the list. */
  note(width: number, height: number, endNs: number): void {
    const size = `${width}x${height}`;
    this.sizes.set(size, (this.sizes.get(size) ?? 0) + 1);
    this.lastEndNs = endNs;
  }

  /** The size that most pictures have. */
  get size(): { readonly width: number; readonly height: number; readonly share: number } {
    const [best] = [...this.sizes].sort((a, b) => b[1] - a[1]);
    const [width, height] = (best?.[0] ?? '0x0').split('x').map(Number);
    return { width, height, share: (best?.[1] ?? 0) / Math.max(1, this.list.pictures.length) };
  }

  get isCamera(): boolean {
    const { length } = this.list.pictures;
    if (this.transfer !== 'request') return length >= 2;
    const isSame = this.urls.size === 1;
    const least = isSame ? minSameUrl : this.paths.size === 1 ? minSamePath : minNumbered;
    return length >= least && this.overlaps <= maxOverlap * length && (isSame || this.size.share >= minSameSize);
  }
}

/** What addresses of one camera have in common: everything but the query, numbers being any. */
export function patternOf(url: string): string {
  return pathOf(url).replace(/\d+/g, '#');
}

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0];
