import { join } from 'node:path';
import { run } from '@suite/action-kit';
import { readRequest } from './inputs.ts';

const actionFolder = join(import.meta.dirname, '..');

await run(async kit => {
  const request = readRequest(kit.input, kit.context.workspace);
  if (request.command === 'versions') {
    const [{ findVersions }, { createVersionsServices }] = await Promise.all([
      import('./versions/command.ts'),
      import('./adapters.ts'),
    ]);
    return findVersions(request, await createVersionsServices(kit, actionFolder));
  }
  if (request.command === 'charts') {
    const [{ pinCharts }, { createVersionsServices }] = await Promise.all([
      import('./versions/pin-charts.ts'),
      import('./adapters.ts'),
    ]);
    return pinCharts(request, await createVersionsServices(kit, actionFolder));
  }
  // Loaded only now, so that a wrong input is answered at once.
  const [{ deploy }, { createServices }] = await Promise.all([import('./deploy.ts'), import('./adapters.ts')]);
  await deploy(request, createServices(kit, actionFolder));
});
