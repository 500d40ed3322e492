import { join } from 'node:path';
import { run } from '@suite/action-kit';
import { readRequest } from './inputs.ts';

await run(async kit => {
  const request = readRequest(kit.input, kit.context.workspace);
  // Loaded only now, so that a wrong input is answered at once.
  if (request.command === 'bootstrap') {
    const [{ bootstrap }, { createBootstrapServices }] = await Promise.all([
      import('./bootstrap/bootstrap.ts'),
      import('./bootstrap/adapters.ts'),
    ]);
    return bootstrap(request, createBootstrapServices(kit, request));
  }
  const [{ provision }, { createServices }] = await Promise.all([import('./provision.ts'), import('./adapters.ts')]);
  await provision(
    request,
    createServices(kit, join(import.meta.dirname, '..'), 'token' in request ? request.token : undefined),
  );
});
