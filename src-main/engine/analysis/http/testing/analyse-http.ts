import { FileSource } from '../../../../workers/file-source';
import { nodeCipherSuite } from '../../../../workers/node-cipher-suite';
import { nodeContentDecoder } from '../../../../workers/node-content-decoder';
import { CaptureBytes, MemorySpill } from '../../../store/capture-bytes';
import { CaptureAnalysis } from '../../pipeline/capture-analysis';

/** The whole analysis of a file, and its bytes by their addresses. */
export function analyseHttp(path: string): { readonly analysis: CaptureAnalysis; readonly bytes: CaptureBytes } {
  const source = new FileSource(path);
  const spill = new MemorySpill();
  const opened = CaptureAnalysis.open(source, { ciphers: nodeCipherSuite, contentDecoder: nodeContentDecoder, spill });
  if (!opened.ok) throw new Error(`${path}: ${opened.error.message}`);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return { analysis: opened.value, bytes: new CaptureBytes(source, spill) };
}
