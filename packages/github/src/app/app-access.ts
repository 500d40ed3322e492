import { asNumber, asObject, asString, count, type Problem, quote, UserError } from '@suite/foundation';
import { GitHubFailure, reworded, unexpected } from '../failure.ts';
import { splitRepository } from '../repository.ts';
import { createRequests, type GitHubOptions, type Requests } from '../requests.ts';
import { signAppToken } from './jwt.ts';
import { readAppKey } from './key.ts';

export interface AppAccessOptions extends Omit<GitHubOptions, 'token'> {
  /** Client id (`Iv23li…`) or App id (`1234567`). */
  readonly app: string;
  /** Its private key in PEM format. */
  readonly key: string;
  /** Names of the inputs that gave them, for messages. */
  readonly inputs: { readonly app: string; readonly key: string };
  /** `owner/name`: the tokens reach this repository and no other. */
  readonly repository: string;
  /** What the tokens may do with its contents, and nothing else but what is said below. */
  readonly contents: 'read' | 'write';
  /** Whether they also open pull requests. */
  readonly pulls?: boolean;
  /** Told of each token before anybody else sees it. */
  readonly mask: (secret: string) => void;
}

/** Tokens of an App's installation for one repository. */
export interface AppAccess {
  /** The same one until five minutes before it ends. Throws UserError. */
  token(): Promise<string>;
  /** Ends the token that is in use, if there is one; a failure is no matter, because it ends within the hour. */
  revoke(): Promise<void>;
}

interface Issued {
  readonly token: string;
  /** Milliseconds since 1970, on this machine's clock. */
  readonly until: number;
}

const spareMs = 5 * 60_000;
/** Below that, a clock that is off cannot be why GitHub refuses. */
const smallestDriftMs = 5000;

export function createAppAccess(options: AppAccessOptions): AppAccess {
  const { clock, mask, repository } = options;
  const key = readAppKey(options.key, options.inputs.key);
  let current: Promise<Issued> | undefined;

  const issue = async (drift: number): Promise<Issued> => {
    const token = signAppToken(options.app, key, clock.now() + drift);
    mask(token);
    const requests = createRequests({ ...options, token });
    const installation = await findInstallation(requests, options);
    const issued = await requestToken(requests, installation, options);
    mask(issued.token);
    return { token: issued.token, until: issued.expiresAt - drift - spareMs };
  };

  const issueByGitHubsClock = async (): Promise<Issued> => {
    try {
      return await issue(0);
    } catch (error) {
      const drift = driftOf(error, clock.now());
      if (drift === undefined) throw error;
      // GitHub's clock decides: a token by that one proves as much.
      return issue(drift).catch(second => {
        throw driftOf(second, clock.now()) === undefined ? second : wrongClock(error, drift);
      });
    }
  };

  return {
    token: async () => {
      const known = current === undefined ? undefined : await current.catch(() => undefined);
      if (known !== undefined && clock.now() < known.until) return known.token;
      current = issueByGitHubsClock();
      return (await current).token;
    },
    revoke: async () => {
      const known = await current?.catch(() => undefined);
      current = undefined;
      if (known === undefined || clock.now() >= known.until + spareMs) return;
      const requests = createRequests({ ...options, token: known.token });
      await requests
        .write(`give back its token for ${repository}`, 'DELETE /installation/token', {})
        .catch(() => undefined);
    },
  };
}

/** How far GitHub's clock is ahead, when GitHub refused because of times; else undefined. */
function driftOf(error: unknown, now: number): number | undefined {
  const failure = error instanceof GitHubFailure ? error : undefined;
  if (failure?.status !== 401 || failure.answeredAt === undefined || !/\b(?:exp|iat)\b/.test(failure.said))
    return undefined;
  return failure.answeredAt - now;
}

function wrongClock(error: unknown, drift: number): unknown {
  if (!(error instanceof GitHubFailure) || Math.abs(drift) < smallestDriftMs) return error;
  const seconds = Math.round(Math.abs(drift) / 1000);
  return reworded(error, {
    message: `The runner’s clock is ${count(seconds, 'second')} ${drift > 0 ? 'behind' : 'ahead of'} GitHub’s, so GitHub does not accept what the App signs.`,
    remedy: 'Set the clock of the runner (NTP).',
  });
}

interface Installation {
  readonly id: number;
  readonly settingsUrl: string;
}

/** Told of GitHub's answer, gives the words for it; undefined leaves those that there are. */
type Wording = (failure: GitHubFailure) => Problem | undefined;

async function translated<T>(work: Promise<T>, wording: Wording): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const problem = error instanceof GitHubFailure ? wording(error) : undefined;
    throw problem === undefined ? error : reworded(error as GitHubFailure, problem);
  }
}

async function findInstallation(requests: Requests, options: AppAccessOptions): Promise<Installation> {
  const { repository, app, inputs, contents } = options;
  const purpose = `find the App’s installation on ${repository}`;
  const answer = asObject(
    await translated(
      requests.read(purpose, 'GET /repos/{owner}/{repo}/installation', splitRepository(repository)),
      failure => describeApp(failure, options),
    ),
  );
  const id = asNumber(answer['id']);
  if (id === undefined) throw unexpected(purpose);
  const settingsUrl = asString(answer['html_url']) ?? 'the settings of the installation';
  if (answer['suspended_at'] != null) throw new UserError(suspended(repository, settingsUrl));
  const permissions = asObject(answer['permissions']);
  const granted = asString(permissions['contents']);
  if (options.pulls === true && permissions['pull_requests'] !== 'write') {
    throw new UserError({
      message: `The App ${app} may open no pull requests in ${repository}: it has \`pull_requests: ${asString(permissions['pull_requests']) ?? 'none'}\`.`,
      location: { kind: 'input', name: inputs.app },
      remedy: `Give the App the repository permission “Pull requests: Read and write” and accept it at ${settingsUrl}.`,
    });
  }
  if (granted !== 'write' && granted !== contents) {
    throw new UserError({
      message: `The App ${app} may not ${contents} the contents of ${repository}: it has \`contents: ${granted ?? 'none'}\`.`,
      location: { kind: 'input', name: inputs.app },
      remedy: `Give the App the repository permission “Contents: Read and write” and accept it at ${settingsUrl}.`,
    });
  }
  return { id, settingsUrl };
}

async function requestToken(
  requests: Requests,
  { id, settingsUrl }: Installation,
  options: AppAccessOptions,
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const { repository, contents, pulls } = options;
  const purpose = `get the App’s token for ${repository}`;
  const { repo } = splitRepository(repository);
  const answer = asObject(
    await translated(
      // A token that got lost does no harm: it ends within the hour.
      requests.append(purpose, 'POST /app/installations/{id}/access_tokens', {
        id,
        repositories: [repo],
        permissions: { contents, ...(pulls === true ? { pull_requests: 'write' } : {}) },
      }),
      failure => {
        if (/suspended/i.test(failure.said)) return suspended(repository, settingsUrl);
        if (failure.status !== 422) return describeApp(failure, options);
        return {
          message: `GitHub gives the App no token to ${contents} ${repository}: ${quote(failure.said)}`,
          location: { kind: 'input', name: options.inputs.app },
          remedy: `Check at ${settingsUrl} that the repository is selected and that “Contents: Read and write” is accepted.`,
        };
      },
    ),
  );
  const token = asString(answer['token']);
  const expiresAt = Date.parse(asString(answer['expires_at']) ?? '');
  if (token === undefined || Number.isNaN(expiresAt)) throw unexpected(purpose, true);
  return { token, expiresAt };
}

function suspended(repository: string, settingsUrl: string): Problem {
  return {
    message: `The App’s installation on ${repository} is suspended.`,
    remedy: `An owner of the organisation can end that at ${settingsUrl}.`,
  };
}

/**
 * 401 is of the App itself (a key of another App, an id that there is not); 404 is also what GitHub says of an id that it
 * does not know (`Integration not found`).
 */
function describeApp(failure: GitHubFailure, { app, repository, inputs }: AppAccessOptions): Problem | undefined {
  if (/suspended/i.test(failure.said)) return suspended(repository, 'the settings of the installation');
  if (failure.status === 401 || /integration not found/i.test(failure.said)) {
    return {
      message: `GitHub does not accept the key for the App ${app}: ${quote(failure.said)}`,
      location: { kind: 'input', name: inputs.key },
      remedy: `Check that \`${inputs.app}\` and \`${inputs.key}\` are of the same App and that the key has not been deleted there.`,
    };
  }
  if (failure.status !== 404) return undefined;
  return {
    message: `The App ${app} is not installed on ${repository}, or there is no such repository.`,
    location: { kind: 'input', name: inputs.app },
    remedy: 'Install the App on it (the App’s settings page, “Install App”), or correct `applications.repository`.',
  };
}
