import type { Workspace } from './workspace.ts';

/** The folder of a restore, in which nothing is written. */
export const restoreWorkspace = {
  sources: { lockFile: undefined },
  copyConfiguration: async () => undefined,
  writeState: async () => '/t/restored.tfstate',
  discard: async () => undefined,
} as unknown as Workspace;
