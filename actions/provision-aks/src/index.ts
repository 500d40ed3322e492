import { run } from '@suite/action-kit';
import { readRequest } from './inputs.ts';

await run(async kit => {
  const request = readRequest(kit.input, kit.context.workspace);
  kit.log.info(JSON.stringify(request));
});
