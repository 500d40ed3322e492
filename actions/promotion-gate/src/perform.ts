import { problemSections } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { check } from './check.ts';
import { findBundle } from './find-bundle.ts';
import { halt } from './halt.ts';
import type { Request } from './inputs.ts';
import { writeLedger } from './ledger.ts';
import { makeBundle } from './make-bundle.ts';
import { pause } from './pause.ts';
import type { Services } from './ports.ts';
import { retire } from './retire.ts';
import { choose } from './rollback/choose.ts';
import { tellLimits } from './rollback/tell-limits.ts';
import { writeRecord } from './write-record.ts';

/** Runs one command. Rejects with everything that a person has to put right. */
export async function perform(request: Request, services: Services): Promise<void> {
  try {
    switch (request.command) {
      case 'bundle':
        return await makeBundle(request, services);
      case 'check':
        return await check(request, services);
      case 'record':
        return await writeRecord(request, services);
      case 'ledger':
        return await writeLedger(request, services);
      case 'retire':
        return await retire(request, services);
      case 'choose':
        return await choose(request, services);
      case 'find':
        return await findBundle(request, services);
      case 'pause':
        return await pause(request, services);
      case 'halt':
        return await halt(request, services);
      case 'limits':
        return await tellLimits(request, services);
    }
  } catch (error) {
    if (error instanceof UserError) await services.summary.append(problemSections(error.problems));
    throw error;
  }
}
