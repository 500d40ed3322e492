import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'fixtures', 'terraform');

/** How the calls of Terraform in a recorded run ended; a text for one that did not end. */
function exitCodesOf(name: string): readonly (number | string)[] {
  const codes: Readonly<Record<string, number | string | boolean>> = JSON.parse(
    readFileSync(join(folder, name, 'exit-codes.json'), 'utf8'),
  );
  return Object.entries(codes).flatMap(([step, code]) =>
    typeof code === 'boolean' || step.endsWith('_seconds') ? [] : [code],
  );
}

/** Names of the recorded runs in which Terraform failed: 2 tells of changes. */
export const recordedFailures: readonly string[] = readdirSync(folder)
  .filter(name => exitCodesOf(name).some(code => code !== 0 && code !== 2))
  .sort();

interface Played {
  /** In `test/bundles`. */
  readonly file: string;
  /** The name of its test. */
  readonly test: string;
}

const here = 'recorded-failures.test.ts';
const answers = {
  file: here,
  test: 'six answers of Azure to one apply: one message for each cause, and the rest is done; the next runs go on, and name what is in their way',
};
const rotations = {
  file: here,
  test: 'a size that is changed without a name to rotate through: the plan says that its apply would fail, and it is not begun',
};
const cancelled = {
  file: 'interruption.test.ts',
  test: 'cancelled: Terraform stops, the state is saved, the lease is released, the next run says what is left',
};
const byTerm = {
  file: here,
  test: 'by SIGTERM, while it changes what is there: it is recorded as it was, and the next run does it',
};
const inTable = (name: string) => ({ file: here, test: `'${name}',` });

/** The test in which the shipped bundle meets each of them. */
export const playedBy: Readonly<Record<string, Played>> = {
  'apply-400-quota': answers,
  'apply-403-authorization': answers,
  'apply-409-conflict': answers,
  'apply-operation-failed': answers,
  'apply-partial': answers,
  'apply-without-init': {
    file: 'own-terraform.test.ts',
    test: 'is planned, stored, applied and watched for drift like ours, with its state where the platform lock says',
  },
  'create-exists': answers,
  'destroy-group-not-empty': {
    file: 'destroy.test.ts',
    test: 'a group that is not empty is refused before Terraform waits for it; emptied, all of it goes',
  },
  'errored-plan-file': inTable('plan-403-read'),
  'errored-tfstate': {
    file: 'errored-state.test.ts',
    test: 'kept beside the state by the apply identity; the message says how it is restored',
  },
  'import-missing': inTable('import-missing'),
  'init-backend-403': inTable('init-backend-403'),
  'init-backend-no-container': inTable('init-backend-no-container'),
  'init-backend-unreachable': inTable('init-backend-unreachable'),
  'interrupted-forced-exit': {
    file: here,
    test: 'by a second signal to Terraform itself, while it saves: the state is lost without an errored.tfstate, and all of it is found again',
  },
  'interrupted-runner-cancel': cancelled,
  'interrupted-sigint': cancelled,
  'interrupted-sigint-twice': {
    file: here,
    test: 'by two signals in a row: the first one ends it, the second changes nothing; what was on its way is named by the next run',
  },
  'interrupted-sigterm': byTerm,
  'interrupted-update': byTerm,
  'killed-sigkill': {
    file: 'interruption.test.ts',
    test: 'killed: the lease stays; the next apply stops before any change and names who holds it',
  },
  'lease-lost-during-apply': {
    file: 'errored-state.test.ts',
    test: 'a lock that somebody breaks shows only when the state is written: who did it is to be found out, and nothing is lost',
  },
  'operation-failed-then-again': answers,
  'plan-403-read': inTable('plan-403-read'),
  'plan-auth-assertion-expired': inTable('plan-auth-assertion-expired'),
  'plan-auth-no-federated-credential': {
    file: 'refusals.test.ts',
    test: 'the apply identity without its environment',
  },
  'plan-invalid-config': inTable('plan-invalid-config'),
  'plan-provider-validation': inTable('plan-provider-validation'),
  'plan-schema-error': inTable('plan-schema-error'),
  'plan-undeclared-reference': inTable('plan-undeclared-reference'),
  'postcondition-failed-at-apply': {
    file: here,
    test: 'a postcondition that is known to fail only then: what was made is in the state, and is made once',
  },
  'postcondition-failed-at-plan': inTable('postcondition-failed-at-plan'),
  'precondition-failed': inTable('precondition-failed'),
  'replace-pool': rotations,
  'replace-pool-cbd-same-name': rotations,
  'rotate-default-pool-no-temporary-name': rotations,
  'stale-plan': {
    file: 'refusals.test.ts',
    test: 'a plan that became stale: the state has moved on since it was made',
  },
  'state-lock-held': {
    file: 'lease.test.ts',
    test: 'two at once: the second one waits, says for whom, and then finds its plan outdated',
  },
};
