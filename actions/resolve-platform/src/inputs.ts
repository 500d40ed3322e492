import { flag, type InputSource, path, readInputs, token, withDefault } from '@suite/action-kit';

export interface Request {
  /** Absolute path. */
  readonly platformFile: string;
  readonly requireReviewers: boolean;
  readonly token: string;
}

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    'require-reviewers': withDefault(flag, false),
    'github-token': token,
  });
  return {
    platformFile: inputs['platform-file'],
    requireReviewers: inputs['require-reviewers'],
    token: inputs['github-token'],
  };
}
