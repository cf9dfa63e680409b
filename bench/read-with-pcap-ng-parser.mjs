/** Reads a pcapng to its end with pcap-ng-parser and prints how many packets it gave. */

import { createReadStream } from 'node:fs';
import PcapNgParser from 'pcap-ng-parser';

let packets = 0;
const parser = createReadStream(process.argv[2], { highWaterMark: 1024 * 1024 }).pipe(new PcapNgParser());
parser.on('data', () => {
  packets += 1;
});
// It never ends its own stream; "close" is what it says when the input is over.
parser.on('close', () => console.log(packets));
