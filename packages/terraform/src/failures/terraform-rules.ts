import { quote, term } from '@suite/foundation';
import { diagnosticSentence } from '../diagnostics.ts';
import { noBackend } from '../own-backend.ts';
import { inTheirWords } from '../own-configuration.ts';
import { isCommand, problem, type Rule } from './context.ts';

const interrupted: Rule = ({ text }) =>
  /: context canceled$/.test(text) || text === 'execution halted' || text === 'operation canceled'
    ? { kind: 'interrupted' }
    : undefined;

const providerCrashed: Rule = ({ diagnostic, text }) =>
  /^(?:Plugin did not respond|Plugin error|Request cancelled)$/.test(diagnostic.summary) ||
  /terraform-provider-\S+ plugin crashed|rpc error: code = Unavailable/.test(text)
    ? problem(
        `The provider crashed${diagnostic.address === undefined ? '' : ` at ${term(diagnostic.address)}`}: ${quote(diagnostic.detail || diagnostic.summary)}`,
        'Run it again: the state holds what was finished. If it crashes again, report it to the provider with the stack trace in this log.',
      )
    : undefined;

const unreachable: Rule = ({ text, context }) => {
  const cause =
    /(?:dial tcp|proxyconnect tcp|no such host|connection refused|i\/o timeout|TLS handshake timeout|x509: |Bad Gateway)[^\n]*/.exec(
      text,
    )?.[0];
  if (cause === undefined) return undefined;
  const host = /https:\/\/([^/"\s]+)/.exec(text)?.[1];
  return problem(
    `${host === undefined ? `A host that ${context.engine.title} needs` : term(host)} could not be reached by ${context.command}: ${quote(cause)}`,
    cause.startsWith('x509')
      ? 'Name the certificate authority of your proxy in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE of the runner.'
      : 'Check the name, the network of the runner, and HTTPS_PROXY and NO_PROXY.',
  );
};

const noIdToken: Rule = ({ text, context }) =>
  /githubAssertion|No Authorizer could be configured|could not configure \S+ Authorizer/i.test(text)
    ? problem(
        `${context.engine.title} could not sign in as the ${context.identity.name}: ${quote(text)}`,
        'Give the job `permissions: { id-token: write }`; without it GitHub offers no OIDC token.',
      )
    : undefined;

const providerNotInstalled: Rule = ({ diagnostic }) =>
  /^Failed to (?:query available provider packages|install provider)/.test(diagnostic.summary)
    ? problem(
        `The provider could not be installed: ${quote(diagnosticSentence(diagnostic))}`,
        'Let the runner reach the provider registry, or name a mirror in the file of TF_CLI_CONFIG_FILE.',
      )
    : undefined;

const ownRoot: Rule = ({ diagnostic, context }) =>
  context.own?.root !== undefined &&
  /^(?:Invalid backend configuration argument|Invalid command-line option)$/.test(diagnostic.summary)
    ? { kind: 'problem', problem: noBackend(context.own.root) }
    : undefined;

const ownLock: Rule = ({ diagnostic: { summary }, text, context: { engine, own } }) =>
  own?.lock !== undefined && summary.startsWith('failed to read dependency lock file')
    ? {
        kind: 'problem',
        problem: {
          message: `${engine.title} cannot read this file: ${quote(text.replace(/^[^\n]*\n\s*-?\s*/, ''))}`,
          location: { kind: 'file', path: own.lock.file, line: 1, column: 1 },
          remedy: own.lock.update,
        },
      }
    : undefined;

/** In a file that is the team's own, and so theirs to put right. */
const ownFile: Rule = ({ diagnostic, context: { engine, own } }) => {
  const { range } = diagnostic;
  const path = range === undefined || own === undefined ? undefined : own.place(range.file);
  if (own === undefined || range === undefined || path === undefined) return undefined;
  const at = diagnostic.address === undefined ? '' : ` at ${term(diagnostic.address)}`;
  return {
    kind: 'problem',
    problem: {
      message: `${engine.title} stops here${at}: ${quote(inTheirWords(diagnosticSentence(diagnostic), own.place))}`,
      location: { kind: 'file', path, line: range.line, column: 1 },
      ...(own.root === undefined && /^Duplicate /.test(diagnostic.summary)
        ? { remedy: "It extends the suite's own root, which has its own: take another name, or take it out." }
        : {}),
    },
  };
};

/** The headline over errors of the configuration, which says nothing that they do not say. */
const headline: Rule = ({ diagnostic, context: { engine } }) =>
  /^(?:Terraform|OpenTofu) encountered problems during initiali[sz]ation/.test(diagnostic.summary)
    ? { kind: 'defect', message: `${engine.title} rejects the configuration of this action.` }
    : undefined;

const conditionFailed: Rule = ({ diagnostic }) =>
  /(?:precondition|postcondition) failed$|^Check block assertion failed$|^Invalid value for variable$/.test(
    diagnostic.summary,
  )
    ? problem(`${term(diagnostic.summary)}: ${quote(diagnostic.detail)}`)
    : undefined;

const importMissing: Rule = ({ diagnostic, text }) =>
  diagnostic.summary === 'Cannot import non-existent remote object'
    ? problem(
        `${term(/"([^"]+)", the provider/.exec(text)?.[1] ?? 'A resource')} is to be imported, but nothing exists in Azure under the given id.`,
        'Correct the id.',
      )
    : undefined;

// The suite makes these itself: the order of commands, the configuration, and the names for rotating a pool.
const ourOwn: Rule = ({ diagnostic, context: { engine } }) => {
  const prepared = /^Inconsistent dependency lock file$|there is no package for .* cached in/.test(diagnostic.summary);
  const rotation = diagnostic.summary.startsWith('`temporary_name_for_rotation` must be specified');
  const configuration = diagnostic.address === undefined && diagnostic.range !== undefined;
  if (!prepared && !rotation && !configuration) return undefined;
  const { range } = diagnostic;
  const where = range === undefined ? '' : `${term(range.file)}:${range.line}: `;
  return {
    kind: 'defect',
    message: `${engine.title} rejects the configuration of this action: ${where}${quote(diagnosticSentence(diagnostic))}`,
  };
};

const valueRejected: Rule = ({ diagnostic, context }) =>
  isCommand(context, 'plan') && diagnostic.range !== undefined && diagnostic.address?.startsWith('provider[') === false
    ? problem(
        `${term(diagnostic.address)}: ${quote(diagnosticSentence(diagnostic))}`,
        'Correct the value in the platform file that this comes from.',
      )
    : undefined;

const anythingElse: Rule = ({ diagnostic, context }) =>
  problem(
    `${context.command} failed${diagnostic.address === undefined ? '' : ` at ${term(diagnostic.address)}`}: ${quote(diagnosticSentence(diagnostic))}`,
  );

/** What is looked at before Azure's answers: they may be quoted in it. */
export const processRules: readonly Rule[] = [interrupted, providerCrashed];
export const terraformRules: readonly Rule[] = [
  unreachable,
  noIdToken,
  providerNotInstalled,
  ownRoot,
  ownLock,
  ownFile,
  headline,
  conditionFailed,
  importMissing,
  ourOwn,
  valueRejected,
  anythingElse,
];
