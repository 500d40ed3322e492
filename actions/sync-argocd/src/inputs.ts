import {
  appId,
  appKey,
  choice,
  flag,
  guid,
  type Input,
  type InputSource,
  location,
  optional,
  path,
  planHash,
  readBy,
  readInputs,
  scopePattern,
  text,
  withDefault,
} from '@suite/action-kit';
import { type GitOpsBase, parseGitOpsBases } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { leaseWait } from '@suite/lease';
import { type ImageReference, parseImageReference } from '@suite/platform-file';
import type { SaidServer } from './server.ts';

/** How the repository of the applications is reached. */
export type GitOpsAccess =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'app'; readonly id: string; readonly key: string }
  | { readonly kind: 'none' };

export interface NamedImage {
  readonly name: string;
  readonly source: ImageReference;
}

interface Target {
  /** Absolute path of the platform file. */
  readonly platformFile: string;
  /** An environment of it. */
  readonly scope: string;
  readonly region: string | undefined;
  /** Overrides the identity of the platform lock. */
  readonly clientId: string | undefined;
  /** Undefined: all of them. */
  readonly applications: readonly string[] | undefined;
  /** Instead of those of the platform file. */
  readonly images: readonly NamedImage[];
  readonly gitops: GitOpsAccess;
  /** Beside what the platform file says. */
  readonly server: SaidServer;
  /** How long all applications together may take. */
  readonly timeoutMs: number;
}

interface Change {
  /** `sha256:…`, for commit and history. */
  readonly bundle: string | undefined;
  /** How long to wait for another run that works on the same environment and region. */
  readonly leaseWaitMs: number;
}

export type Request = Target &
  (
    | {
        readonly command: 'plan';
        readonly bases: Bases;
        readonly failIfBlocked: boolean;
        readonly infrastructureReport: string | undefined;
        /** Folder with the reports that people reviewed on the pull request; undefined where there was none. */
        readonly reviewed: string | undefined;
        /** Whether somebody approves before the plan is applied. */
        readonly approval: boolean;
      }
    | (Change & {
        readonly command: 'sync';
        readonly bases: Bases;
        /** What was reviewed; undefined where nothing was. */
        readonly expectedDigest: string | undefined;
        readonly rollsBack: boolean;
      })
    | { readonly command: 'wait' | 'verify' | 'drift' }
    | (Change & { readonly command: 'rollback' })
  );

/** Needs no environment, and nobody's rights but those to read the repositories. */
export interface BaseRequest {
  readonly command: 'base';
  /** Absolute path of the platform file. */
  readonly platformFile: string;
  readonly gitops: GitOpsAccess;
}

/** Where a bundle found the repositories of the applications; undefined where there is none, or one of before that was part of it. */
type Bases = readonly GitOpsBase[] | undefined;

const bases = readBy(parseGitOpsBases, 'Use the `gitops` output of the gate.');

const environmentName = text(scopePattern, 'Use the name of an environment in the platform file.');
const bundleDigest = text(/^sha256:[0-9a-f]{64}$/, 'Use the digest of a bundle: `sha256:` and 64 digits.');
const secret: Input<string> = { ...text(/^\S+$/, 'Give a token in one line.'), isSecret: true };
/** Argo CD takes nothing else as a bearer (server.go, getToken). */
const jsonWebToken: Input<string> = {
  ...text(/^[\w-]+\.[\w-]+\.[\w-]+$/, 'Give a token of Argo CD: three parts with dots between them, in one line.'),
  isSecret: true,
};

const serverAddress = text(
  /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~-]+)*\/?$/i,
  'Write it as https://argocd.contoso.com, with the path where it is served below one.',
);
const audience = text(
  /^[\w.:/-]{1,250}$/,
  "Use the client id, or the application id URI, of Argo CD's registration in Entra, or the audience that Dex's connector expects.",
);
const connector = text(/^[\w.-]{1,100}$/, 'Use the id of a connector in `dex.config` of Argo CD.');

const lines = (value: string) =>
  value
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');

const nameLines: Input<readonly string[]> = {
  absent: 'required',
  parse: value => {
    const names = lines(value);
    const areNames = names.every(name => /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name));
    return areNames ? { value: [...new Set(names)] } : { expected: 'Use names of applications, one on each line.' };
  },
};

const imageLines: Input<readonly NamedImage[]> = {
  absent: 'required',
  parse: value => {
    const found = lines(value).map(line => {
      const [, name = '', rest = ''] = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)=(.+)$/.exec(line) ?? [];
      const source = parseImageReference(rest);
      return source === undefined ? undefined : { name, source };
    });
    const images = found.filter(image => image !== undefined);
    const names = new Set(images.map(({ name }) => name));
    return images.length === found.length && names.size === images.length
      ? { value: images }
      : { expected: 'Use one name=registry/repository@sha256:… on each line, each name once.' };
  },
};

const minutes: Input<number> = {
  absent: 'required',
  parse: value => {
    const number = Number(value);
    return /^\d{1,3}$/.test(value) && number >= 1 && number <= 240
      ? { value: number * 60_000 }
      : { expected: 'Use whole minutes from 1 to 240.' };
  },
};
const usualTimeoutMs = 30 * 60_000;

const commands = ['plan', 'sync', 'wait', 'verify', 'drift', 'rollback', 'base'] as const;
const repositories = (workspace: string) => ({
  'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
  'gitops-token': optional(secret),
  'gitops-app-id': optional(appId),
  'gitops-app-key': optional(appKey),
});
const common = (workspace: string) => ({
  ...repositories(workspace),
  scope: environmentName,
  region: optional(location),
  'client-id': optional(guid),
  applications: optional(nameLines),
  images: optional(imageLines),
  server: optional(serverAddress),
  token: optional(jsonWebToken),
  'server-audience': optional(audience),
  'dex-connector': optional(connector),
  timeout: withDefault(minutes, usualTimeoutMs),
});

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request | BaseRequest {
  const { command } = readInputs(source, { command: choice(commands) });
  const shared = common(workspace);
  switch (command) {
    case 'base': {
      const inputs = readInputs(source, repositories(workspace));
      return { command, platformFile: inputs['platform-file'], gitops: accessOf(inputs) };
    }
    case 'plan': {
      const inputs = readInputs(source, {
        ...shared,
        'fail-if-blocked': withDefault(flag, false),
        'infrastructure-report': optional(path(workspace)),
        reviewed: optional(path(workspace)),
        gitops: optional(bases),
        approval: withDefault(flag, true),
      });
      return {
        ...targetOf(inputs),
        command,
        bases: inputs.gitops,
        failIfBlocked: inputs['fail-if-blocked'],
        infrastructureReport: inputs['infrastructure-report'],
        reviewed: inputs.reviewed,
        approval: inputs.approval,
      };
    }
    case 'sync': {
      const inputs = readInputs(source, {
        ...shared,
        'expected-digest': optional(planHash('digest')),
        gitops: optional(bases),
        'bundle-digest': optional(bundleDigest),
        'on-failure': withDefault(choice(['stop', 'rollback']), 'stop'),
        'lease-wait': leaseWait,
      });
      return {
        ...targetOf(inputs),
        command,
        bases: inputs.gitops,
        expectedDigest: inputs['expected-digest'],
        bundle: inputs['bundle-digest'],
        rollsBack: inputs['on-failure'] === 'rollback',
        leaseWaitMs: inputs['lease-wait'],
      };
    }
    case 'rollback': {
      const inputs = readInputs(source, {
        ...shared,
        'bundle-digest': optional(bundleDigest),
        'lease-wait': leaseWait,
      });
      return { ...targetOf(inputs), command, bundle: inputs['bundle-digest'], leaseWaitMs: inputs['lease-wait'] };
    }
    case 'wait':
    case 'verify':
    case 'drift':
      return { ...targetOf(readInputs(source, shared)), command };
  }
}

interface AccessInputs {
  readonly 'gitops-token': string | undefined;
  readonly 'gitops-app-id': string | undefined;
  readonly 'gitops-app-key': string | undefined;
}

interface CommonInputs extends AccessInputs {
  readonly 'platform-file': string;
  readonly scope: string;
  readonly region: string | undefined;
  readonly 'client-id': string | undefined;
  readonly applications: readonly string[] | undefined;
  readonly images: readonly NamedImage[] | undefined;
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly 'server-audience': string | undefined;
  readonly 'dex-connector': string | undefined;
  readonly timeout: number;
}

function targetOf(inputs: CommonInputs): Target {
  return {
    platformFile: inputs['platform-file'],
    scope: inputs.scope,
    region: inputs.region,
    clientId: inputs['client-id'],
    applications: inputs.applications,
    images: inputs.images ?? [],
    gitops: accessOf(inputs),
    server: {
      server: inputs.server,
      token: inputs.token,
      'server-audience': inputs['server-audience'],
      'dex-connector': inputs['dex-connector'],
    },
    timeoutMs: inputs.timeout,
  };
}

function accessOf(inputs: AccessInputs): GitOpsAccess {
  const { 'gitops-token': token, 'gitops-app-id': id, 'gitops-app-key': key } = inputs;
  if ((id === undefined) !== (key === undefined)) {
    const [missing, given] = id === undefined ? ['id', 'key'] : ['key', 'id'];
    throw new UserError({
      message: `is needed with \`gitops-app-${given}\`.`,
      location: { kind: 'input', name: `gitops-app-${missing}` },
      remedy: 'Give both, or a `gitops-token` instead.',
    });
  }
  if (token !== undefined && id !== undefined) {
    throw new UserError({
      message: 'and `gitops-app-id` both say how to reach the repository.',
      location: { kind: 'input', name: 'gitops-token' },
      remedy: 'Give one of them.',
    });
  }
  if (id !== undefined && key !== undefined) return { kind: 'app', id, key };
  return token === undefined ? { kind: 'none' } : { kind: 'token', token };
}
