import { run } from '@suite/action-kit';
import { readRequest } from './inputs.ts';

await run(async kit => {
  const request = readRequest(kit.input, kit.context.workspace);
  if (request.command === 'base') {
    const [{ findBases }, { createBaseServices }] = await Promise.all([
      import('./base-command.ts'),
      import('./adapters.ts'),
    ]);
    return findBases(request, createBaseServices(kit, request));
  }
  // Loaded only now, so that a wrong input is answered at once.
  const [{ perform }, { createServices }] = await Promise.all([import('./perform.ts'), import('./adapters.ts')]);
  await perform(request, createServices(kit, request));
});
