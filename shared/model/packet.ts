/** One captured record in the table of all packets. Addresses are the innermost ones. */
export interface PacketRow {
  readonly id: string;
  /** 1-based frame number. */
  readonly number: number;
  /** Since the first frame. */
  readonly timeSeconds: number;
  /** IP address, or link address of a frame without IP; null when it has neither. */
  readonly source: string | null;
  readonly destination: string | null;
  readonly protocol: string;
  /** Bytes on the wire. */
  readonly length: number;
  readonly info: string;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** Ids of what it belongs to. */
  readonly conversation: string | null;
  readonly stream: string | null;
  readonly call: string | null;
}

/** A piece of a layer. `offset` counts from the first byte of the layer's buffer. */
export interface PacketField {
  /** As its specification writes it: `Total Length`. */
  readonly name: string;
  readonly value: string;
  readonly offset: number;
  readonly length: number;
  readonly children: readonly PacketField[];
}

/** One protocol header of a frame, or what is left behind the last one. */
export interface PacketLayer {
  /** `ethernet`, `ipv4`, `rtp`. */
  readonly id: string;
  readonly title: string;
  /** What matters most, in a few words. */
  readonly summary: string;
  /** Index into `PacketDetail.buffers`. */
  readonly buffer: number;
  readonly offset: number;
  readonly length: number;
  readonly fields: readonly PacketField[];
  /** What is wrong with it; null when nothing is. */
  readonly diagnostic: string | null;
}

export interface PacketBuffer {
  /** `Frame`, `Reassembled IPv4`. */
  readonly title: string;
  readonly bytes: Uint8Array;
}

/** A whole frame: its layers from the outside in, and the bytes that their fields lie in. */
export interface PacketDetail {
  readonly row: PacketRow;
  /** Captured bytes first; a datagram put together from fragments is one more. */
  readonly buffers: readonly PacketBuffer[];
  readonly layers: readonly PacketLayer[];
}

/** A stretch of a followed conversation. Direction 0 is from A, the side that sent first. */
export type FollowItem =
  | {
      readonly kind: 'data';
      readonly direction: 0 | 1;
      readonly frame: number;
      readonly timeSeconds: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'gap';
      readonly direction: 0 | 1;
      /** The frame that showed it. */
      readonly frame: number;
      readonly timeSeconds: number;
      /** Bytes that were not captured. */
      readonly length: number;
    };

/** A page of what a TCP or UDP conversation carried, in the order of the capture. */
export interface FollowPage {
  readonly conversationId: string;
  readonly transport: 'tcp' | 'udp';
  readonly endpointA: string;
  readonly endpointB: string;
  /** Pieces (segments, datagrams, gaps) known so far, and their bytes each way. */
  readonly totalItems: number;
  readonly bytesAToB: number;
  readonly bytesBToA: number;
  /** Bytes missing each way. */
  readonly lostAToB: number;
  readonly lostBToA: number;
  /** Reading the conversation goes on, or more of it may come. */
  readonly isPending: boolean;
  /** Only the first pieces are kept: the conversation has too many. */
  readonly isCut: boolean;
  /** Index of the first item. */
  readonly from: number;
  readonly items: readonly FollowItem[];
}

/** Where a packet stands in a table that is sorted and filtered. */
export interface PacketPosition {
  readonly index: number;
  readonly number: number;
}
