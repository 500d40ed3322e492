import { asObject, asString, UserError } from '@suite/foundation';

const codes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR'];
// Of files alone: a program that may not be started and an address that may not be called are told where that is tried.
const calls = ['open', 'write', 'mkdir', 'mkdtemp', 'rename', 'copyfile', 'unlink', 'rmdir', 'scandir', 'chmod'];

/** A disk that is full, read-only or somebody else's is a matter of the runner and no defect: what it said as a UserError, else undefined. */
export function refusedByDisk(error: unknown, temp: string): UserError | undefined {
  const { code, syscall, message } = asObject(error);
  if (!codes.includes(asString(code) ?? '') || !calls.includes(asString(syscall) ?? '')) return undefined;
  return new UserError(
    {
      message: `The disk of the runner refuses a file: ${asString(message)}.`,
      remedy: `Look for free space there, and let this job's user write to ${temp} (RUNNER_TEMP); then run the job again.`,
    },
    { cause: error },
  );
}
