import { run } from '@suite/action-kit';
import { readRequest } from './inputs.ts';

await run(async kit => {
  const request = readRequest(kit.input, kit.context.workspace);
  // Loaded only now, so that a wrong input is answered at once.
  const [{ resolve }, { createServices }] = await Promise.all([import('./resolve.ts'), import('./adapters.ts')]);
  await resolve(request, createServices(kit, request));
});
