import { Button, Checkbox, Group, Modal, NumberInput, Progress, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { FailureMessage } from '#shared/ipc/contract';
import { invoke, perform } from '../bridge';
import { useStream } from '../panels/use-stream';
import { dialogActions, useDialogs } from '../stores/dialogs';
import { useJobs } from '../stores/jobs';
import { useSelection } from '../stores/selection';
import { useCaptureId } from '../stores/session';

/** Sends the packets of the selected stream again, with the times between them. */
export function ReplayDialog() {
  const isOpen = useDialogs((state) => state.open === 'replay');
  return (
    <Modal opened={isOpen} onClose={dialogActions.close} title="Replay Stream" size="md">
      {isOpen && <Replay />}
    </Modal>
  );
}

function Replay() {
  const captureId = useCaptureId();
  const streamId = useSelection((state) => state.streamId);
  const stream = useStream(streamId);
  const [typedTarget, setTarget] = useState<string | null>(null);
  const [speed, setSpeed] = useState<number | string>(1);
  const [isLooping, setLooping] = useState(false);
  const [failure, setFailure] = useState<FailureMessage | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJobs((state) => state.jobs.find(({ id }) => id === jobId) ?? null);
  if (captureId === null || streamId === null || !stream) return <p>Select a stream first.</p>;

  const target = typedTarget ?? `127.0.0.1:${/:(\d+)$/.exec(stream.dst)?.[1] ?? '5004'}`;
  const isRunning = job?.state === 'running';
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const request = { captureId, streamId, target, speed: Number(speed), isLooping };
    const result = await invoke('replay:start', request);
    setFailure(result.ok ? null : result.error);
    if (result.ok) setJobId(result.value.jobId);
  };

  return (
    <form onSubmit={(event) => void submit(event)} aria-label="Replay">
      <p>
        {stream.codec ?? 'RTP'} {stream.src} → {stream.dst}, {stream.packets} packets
      </p>
      <TextInput
        label="Send to"
        description="127.0.0.1 is this machine; elsewhere is asked for."
        value={target}
        error={failure?.message}
        disabled={isRunning}
        onChange={(event) => setTarget(event.currentTarget.value)}
      />
      <NumberInput
        label="Speed"
        description="1: as it was captured."
        min={0.1}
        max={100}
        step={0.5}
        value={speed}
        disabled={isRunning}
        onChange={setSpeed}
      />
      <Checkbox
        mt="sm"
        label="Begin again at the end"
        checked={isLooping}
        disabled={isRunning}
        onChange={(event) => setLooping(event.currentTarget.checked)}
      />
      {job && (
        <Progress
          mt="sm"
          value={(job.progress ?? 0) * 100}
          transitionDuration={0}
          aria-label={`Progress of ${job.title}`}
        />
      )}
      {job?.state === 'failed' && <p role="alert">{job.error ?? 'It failed.'}</p>}
      <Group mt="sm">
        <Button type="submit" disabled={isRunning || Number(speed) <= 0}>
          Replay
        </Button>
        <Button
          variant="default"
          disabled={!isRunning}
          onClick={() => jobId !== null && void perform('export:cancel', { jobId })}
        >
          Stop
        </Button>
      </Group>
    </form>
  );
}
