import { json, type WorldResponse } from '../../network/http.ts';
import type { Git } from '../git/git.ts';
import { refusals } from '../refusals.ts';
import { api, repositoryJson, web } from '../shapes.ts';
import { findCommit } from '../store/refs.ts';
import { defaultBranch } from '../store/state.ts';
import type { Call, Route } from './route.ts';

export const contentRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/',
    need: { level: 'read', anyOf: ['metadata'] },
    isPublic: true,
    docs: 'repos/repos#get-a-repository',
    answer: ({ repository }) => json(200, repositoryJson(repository)),
  },
  {
    method: 'GET',
    pattern: '/contents/{path*}',
    need: { level: 'read', anyOf: ['contents'] },
    isPublic: true,
    docs: 'repos/contents#get-repository-content',
    takesRaw: true,
    answer: readContents,
  },
  {
    method: 'GET',
    pattern: '/tarball/{ref*}',
    need: { level: 'read', anyOf: ['contents'] },
    isPublic: true,
    docs: 'repos/contents#download-a-repository-archive-tar',
    answer: async ({ codeload, repository, params }) => {
      const ref = params['ref'] === '' ? defaultBranch : (params['ref'] ?? defaultBranch);
      if ((await findCommit(repository.git, ref)) === undefined) throw refusals.notFound();
      return { status: 302, headers: { location: codeload.addressOf(repository, ref) } };
    },
  },
];

// Above it GitHub leaves the content out of the JSON (docs, get repository content).
const inlineBytes = 1_048_576;

async function readContents(call: Call): Promise<WorldResponse> {
  const { repository, query, params, media } = call;
  const ref = query.get('ref') ?? defaultBranch;
  const sha = await findCommit(repository.git, ref);
  if (sha === undefined) throw refusals.noCommitForRef(ref);
  const path = (params['path'] ?? '').replace(/\/+$/, '');
  const entry = path === '' ? undefined : (await list(repository.git, sha, path))[0];
  if (entry === undefined && path !== '') throw refusals.notFound();
  if (entry === undefined || entry.type === 'tree') {
    const entries = await list(repository.git, sha, path === '' ? '' : `${path}/`);
    return json(
      200,
      entries.map(one => entryJson(call, ref, one)),
    );
  }
  const content = await repository.git.bytes(['cat-file', 'blob', entry.sha]);
  if (media === 'raw') {
    return {
      status: 200,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
      body: content,
    };
  }
  const isInline = content.length <= inlineBytes;
  return json(200, {
    ...entryJson(call, ref, entry),
    content: isInline ? lines(content.toString('base64')) : '',
    encoding: isInline ? 'base64' : 'none',
  });
}

interface Entry {
  readonly type: string;
  readonly sha: string;
  readonly size: number;
  readonly path: string;
}

/** The entry of a path, or with a slash behind it those inside. */
async function list(git: Git, commit: string, path: string): Promise<readonly Entry[]> {
  const output = await git.run(['ls-tree', '-z', '-l', commit, ...(path === '' ? [] : ['--', path])], {
    env: { GIT_LITERAL_PATHSPECS: '1' },
  });
  return output
    .split('\0')
    .filter(Boolean)
    .map(line => {
      const [, type = '', sha = '', size = '', name = ''] = /^\d+ (\w+) ([0-9a-f]+) +(-|\d+)\t(.+)$/s.exec(line) ?? [];
      return { type, sha, size: size === '-' ? 0 : Number(size), path: name };
    });
}

function entryJson({ repository }: Call, ref: string, { type, sha, size, path }: Entry) {
  const { name } = repository;
  const isFolder = type === 'tree';
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const url = `${api}/repos/${name}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sha,
    size,
    type: isFolder ? 'dir' : 'file',
    url,
    html_url: `${web}/${name}/${isFolder ? 'tree' : 'blob'}/${ref}/${encoded}`,
    git_url: `${api}/repos/${name}/git/${isFolder ? 'trees' : 'blobs'}/${sha}`,
    download_url: isFolder ? null : `https://raw.githubusercontent.com/${name}/${ref}/${encoded}`,
  };
}

/** Base64 as GitHub wraps it. */
function lines(text: string): string {
  return text.replace(/.{1,60}/g, '$&\n');
}
