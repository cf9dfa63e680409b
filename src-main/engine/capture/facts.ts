import type { CaptureFacts } from '#shared/model/capture';
import type { CaptureNotes } from './notes';

/** Interfaces that are told of; a file may describe more. */
const SHOWN_INTERFACES = 1000;

/** As registered for pcapng Decryption Secrets Blocks (draft-ietf-opsawg-pcapng, section 4.7). */
const SECRETS: Readonly<Record<number, string>> = {
  0x544c534b: 'tls-key-log',
  0x5353484b: 'ssh-key-log',
  0x57474b4c: 'wireguard-key-log',
  0x5a4e574b: 'zigbee-network-key',
  0x5a415053: 'zigbee-aps-key',
  0x55414b4c: 'opc-ua-key-log',
};

/** What is told of the notes of a capture. */
export function captureFacts(notes: CaptureNotes): CaptureFacts {
  const secrets = new Map<string, number>();
  for (const { type, bytes } of notes.secrets) {
    const name = secretsName(type);
    secrets.set(name, (secrets.get(name) ?? 0) + bytes.length);
  }
  const counted = notes.interfaces.filter((source) => source.dropped !== null);
  return {
    variant: notes.variant,
    sections: notes.sections,
    interfaces: notes.interfaces.slice(0, SHOWN_INTERFACES),
    commentedFrames: notes.commentedFrames,
    names: notes.names.size,
    secrets: [...secrets].map(([type, bytes]) => ({ type, bytes })),
    dropped: counted.length === 0 ? null : counted.reduce((sum, source) => sum + (source.dropped ?? 0), 0),
  };
}

function secretsName(type: number): string {
  return SECRETS[type] ?? `0x${type.toString(16).padStart(8, '0')}`;
}
