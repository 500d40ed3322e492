import { readdir, readFile } from 'node:fs/promises';

/** Every process of a job has it, and whoever it starts inherits it. */
export const trackingVariable = 'RUNNER_TRACKING_ID';

/**
 * Ends what a job left running, as a runner does it when the job completes: every process with the job's id in its
 * environment, whatever group it is in (actions/runner, JobExtension.cs). Where there is no /proc, nothing is found.
 */
export async function endOrphans(trackingId: string): Promise<void> {
  const names = await readdir('/proc').catch(() => []);
  await Promise.all(
    names.map(async name => {
      if (!/^\d+$/.test(name)) return;
      const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
      if (environment.split('\0').includes(`${trackingVariable}=${trackingId}`)) end(Number(name));
    }),
  );
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
