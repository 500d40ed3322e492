import { type Problem, printable, shorten } from '@suite/foundation';
import type { PresentedClaims } from './assertion.ts';
import type { Cloud } from './clouds.ts';
import { describeIdentity, type Identity } from './identity.ts';

export interface SignInFacts {
  readonly identity: Identity;
  readonly tenant: string;
  readonly cloud: Cloud;
  /** What GitHub presented, if it is known; else Entra ID's answer may tell the subject. */
  readonly presented: PresentedClaims | undefined;
}

const noCredential = ['700213', '70021', '700211', '700212'];
const noApplication = ['700016', '7000229'];
const noTenant = ['90002', '900021', '900023'];
const notValidNow = ['700024'];
const disabled = ['7000112'];

/** Says what a refusal of Entra ID means: `text` holds its `AADSTS…` message, in whatever is around it. */
export function describeSignInFailure(text: string, facts: SignInFacts): Problem {
  const [, code = '', said = ''] = /AADSTS(\d+): ([\s\S]*?)(?=\.? ?Trace ID:|"|$)/.exec(text) ?? [];
  const who = describeIdentity(facts.identity);
  const tenant = clean(facts.tenant);
  if (noCredential.includes(code)) {
    const subject = presentedSubject(text, facts);
    return {
      message: `${who} cannot sign in: GitHub presented the subject \`${subject}\`, and the application has no federated credential for it; add one with ${describeCredential(subject, facts)}.`,
    };
  }
  if (noApplication.includes(code)) {
    const subject = presentedSubject(text, facts);
    return {
      message: `${who} cannot sign in: the tenant ${tenant} has no application with that client id; correct it in platform.lock.yaml, or in \`client-id\`, to one that has a federated credential with ${describeCredential(subject, facts)}, as GitHub presented it.`,
    };
  }
  if (noTenant.includes(code)) {
    return {
      message: `${who} cannot sign in: Entra ID knows no tenant ${tenant}.`,
      remedy: 'Correct `tenant` in the platform file.',
    };
  }
  if (notValidNow.includes(code)) {
    return {
      message: `${who} cannot sign in: GitHub's token was not valid at that moment (${clean(said)}).`,
      remedy: "Check the runner's clock and run this again.",
    };
  }
  if (disabled.includes(code)) {
    return {
      message: `${who} cannot sign in: the application is disabled.`,
      remedy: 'Have it enabled in the tenant.',
    };
  }
  return {
    message: `${who} cannot sign in to the tenant ${tenant}: ${code === '' ? clean(text) : `${clean(said)} (AADSTS${code})`}.`,
    remedy: 'Look the code up in the sign-in log of the tenant.',
  };
}

function presentedSubject(text: string, { presented }: SignInFacts): string {
  return clean(presented?.subject ?? /assertion subject '([^']+)'/.exec(text)?.[1] ?? 'unknown');
}

function describeCredential(subject: string, { presented, cloud }: SignInFacts): string {
  // The issuer of github.com. GitHub Enterprise has others, which only the token itself tells.
  const issuer = clean(presented?.issuer ?? 'https://token.actions.githubusercontent.com');
  return `issuer \`${issuer}\`, subject \`${subject}\`, audience \`${cloud.audience}\``;
}

// A subject may have 600 characters (Entra ID's limit).
function clean(text: string): string {
  return shorten(printable(text).replace(/\s+/g, ' ').trim(), 700).replace(/\.$/, '');
}
