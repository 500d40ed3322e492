import { join } from 'node:path';
import { openSandbox, type SandboxOptions, type SandboxWorld } from './sandbox-world.ts';

/** The GitHub environment of work by hand. In a served world every identity trusts it, so one set of variables does for all. */
const byHand = 'sandbox';

export interface ServedSandbox extends SandboxWorld {
  /** For any bundle, `terraform` or `curl` in another shell. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Opens a world that stays until it is closed. */
export async function serveSandbox(options: SandboxOptions): Promise<ServedSandbox> {
  const sandbox = await openSandbox(options);
  const { world, views } = sandbox;
  const variables = sandbox.environmentOf({ environment: byHand });
  const subject = world.github.subjectFor(sandbox.jobOf({ environment: byHand }));
  for (const { identities } of views) {
    for (const clientId of Object.values(identities)) world.azure.trustGithub(clientId, subject);
  }
  const { PATH: _path, HOME: _home, USER: _user, LANG: _lang, TMPDIR: _tmp, ...own } = variables;
  const first = views.find(view => view.kind === 'environment');
  return {
    ...sandbox,
    variables: {
      ...own,
      CURL_CA_BUNDLE: world.caFile,
      RUNNER_TEMP: join(options.folder, 'temp'),
      ...(first === undefined
        ? {}
        : {
            // So that `terraform` works as it is, as the first environment's apply identity.
            ARM_USE_OIDC: 'true',
            ARM_USE_AZUREAD: 'true',
            ARM_TENANT_ID: first.tenant,
            ARM_SUBSCRIPTION_ID: first.subscription,
            ARM_CLIENT_ID: first.identities.apply,
          }),
    },
  };
}
