import { announce } from './announce.ts';
import { proposeCharts } from './charts/charts.ts';
import { updateCharts } from './charts/propose-charts.ts';
import { close } from './close.ts';
import { drift } from './drift/drift.ts';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';
import { findPull } from './promotion/find-pull.ts';
import { tellPromotion } from './promotion/tell-promotion.ts';
import { requirePull } from './pull-request.ts';
import { writeSummaryPart } from './summary-part.ts';
import { write } from './write.ts';

/** Runs one command. Rejects with what a person has to put right. */
export async function perform(request: Request, services: Services): Promise<void> {
  switch (request.command) {
    case 'write':
      return write(request, services);
    case 'announce':
      return announce(request, requirePull(services), services);
    case 'close':
      return close(request, requirePull(services), services);
    case 'find':
      return findPull(services);
    case 'promotion':
      return tellPromotion(request, services);
    case 'drift':
      return drift(request, services);
    case 'versions':
      return proposeCharts(request, services);
    case 'update-charts':
      return updateCharts(request, services);
    case 'summary':
      return writeSummaryPart(request, services);
  }
}
