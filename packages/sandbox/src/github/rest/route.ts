import type { JsonObject } from '@suite/foundation';
import type { WorldResponse } from '../../network/http.ts';
import type { ArtifactArchives } from '../artifact-archives.ts';
import type { Codeload } from '../codeload.ts';
import type { Need } from '../permissions.ts';
import type { GitHubState, RepositoryState } from '../store/state.ts';
import type { Identity } from '../tokens.ts';

/** A request that was let through: who asks, of which repository, for what. */
export interface Call {
  readonly state: GitHubState;
  readonly codeload: Codeload;
  readonly artifactArchives: ArtifactArchives;
  readonly repository: RepositoryState;
  /** Undefined for whoever reads a public repository without a token. */
  readonly caller: Identity | undefined;
  /** Decoded values of the pattern's names. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** `raw` when the caller asked for the content itself instead of JSON. */
  readonly media: 'json' | 'raw';
}

/** One endpoint of a repository. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** What follows `/repos/{owner}/{repo}`: `/issues/{number}/comments`; `{path*}` takes the rest of it. */
  readonly pattern: string;
  readonly need: Need;
  /** What a public repository shows to anybody. */
  readonly isPublic: boolean;
  /** Below `https://docs.github.com/rest/`: `issues/comments#create-an-issue-comment`. */
  readonly docs: string;
  readonly takesRaw?: true;
  answer(call: Call): WorldResponse | Promise<WorldResponse>;
}

/** Decoded values of a pattern's names, or undefined when the path is another one. */
export function matchPattern(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const [, name, isRest] = /^\{(\w+)(\*?)\}$/.exec(part) ?? [];
    if (isRest === '*' && name !== undefined) {
      params[name] = given.slice(index).map(decode).join('/');
      return params;
    }
    const value = given[index];
    if (value === undefined) return undefined;
    if (name === undefined && value !== part) return undefined;
    if (name !== undefined) params[name] = decode(value);
  }
  return given.length === wanted.length ? params : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
