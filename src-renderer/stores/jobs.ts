import { create } from 'zustand';
import type { Job } from '#shared/model/artifact';

/** Long operations, newest first, as the main process tells them. */
export interface JobsState {
  readonly jobs: readonly Job[];
  readonly isTrayOpen: boolean;
}

export const useJobs = create<JobsState>()(() => ({ jobs: [], isTrayOpen: false }));

export const jobsActions = {
  changed(job: Job): void {
    useJobs.setState(({ jobs }) => ({
      jobs: jobs.some((known) => known.id === job.id)
        ? jobs.map((known) => (known.id === job.id ? job : known))
        : [job, ...jobs],
    }));
  },
  dismissed(jobId: string): void {
    useJobs.setState(({ jobs }) => ({ jobs: jobs.filter((job) => job.id !== jobId) }));
  },
  setTrayOpen(isTrayOpen: boolean): void {
    useJobs.setState({ isTrayOpen });
  },
};

export function runningJobs(state: JobsState): number {
  return state.jobs.filter((job) => job.state === 'running').length;
}
