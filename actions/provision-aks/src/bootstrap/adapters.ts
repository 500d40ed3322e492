import { randomUUID } from 'node:crypto';
import { type Kit, mask } from '@suite/action-kit';
import {
  type Cloud,
  type CloudName,
  clouds,
  createCredential,
  createGraph,
  createResourceManager,
  createStateMaker,
  failureCode,
  isGraphRefusal,
  readSignedIn,
  workloadAudience,
} from '@suite/azure';
import { asObject, duration, parseJson } from '@suite/foundation';
import { createRequests, readDefaultBranch, readSubjectTemplate } from '@suite/github';
import type { BootstrapRequest } from '../inputs.ts';
import type { Azure, Services } from './ports.ts';

/** Wires the runner, GitHub and Azure to what bootstrap asks for. */
export function createBootstrapServices(kit: Kit, request: BootstrapRequest): Services {
  const { context, log, summary, setOutputs, clock, signal } = kit;
  mask(request.token);
  const requests = createRequests({
    token: request.token,
    apiUrl: context.apiUrl,
    clock,
    signal,
    onPause: pause => log.info(`Trying GitHub again in ${duration(pause)}.`),
  });
  let claims: Promise<ReturnType<typeof asObject>> | undefined;
  const readOwnClaims = (name: CloudName) => {
    claims ??= kit.requestIdToken(clouds[name].audience).then(payloadOf);
    return claims;
  };
  return {
    context,
    log,
    clock,
    summary,
    setOutputs,
    newId: randomUUID,
    repository: {
      readSubjects: () => readSubjectTemplate(requests, context.repository),
      readDefaultBranch: () => readDefaultBranch(requests, context.repository),
      readOwnClaims,
    },
    connect: (tenant, cloud) => connect(kit, request, tenant, clouds[cloud]),
  };
}

function connect(kit: Kit, { clientId }: BootstrapRequest, tenant: string, cloud: Cloud): Azure {
  const { requestIdToken, clock } = kit;
  const identity = { name: 'bootstrap identity', clientId };
  const credential = createCredential({
    identity,
    tenant,
    cloud,
    oidc: { requestToken: requestIdToken },
    mask,
    clock,
  });
  const options = { cloud, identity, clock };
  return {
    whoAmI: async () => (await readSignedIn(credential, cloud)).objectId,
    manager: createResourceManager(credential, options),
    graph: createGraph(credential, options),
    makeState: ({ state }, content) => createStateMaker(credential, { ...options, ...state }).make(content),
    codeOf: failureCode,
    isGraphRefusal,
    audience: cloud.audience,
    workloadAudience,
  };
}

function payloadOf(jwt: string) {
  return asObject(parseJson(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')));
}
