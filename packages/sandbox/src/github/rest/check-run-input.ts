import { asArray, asNumber, asString, isObject, type JsonObject } from '@suite/foundation';
import { invalid, refusals } from '../refusals.ts';
import type { CheckRun, StoredAnnotation } from '../store/state.ts';

/** What a request to file or change a check run says; undefined is what it leaves as it is. */
export interface CheckRunInput {
  readonly name: string | undefined;
  readonly headSha: string | undefined;
  readonly status: CheckRun['status'] | undefined;
  readonly conclusion: string | undefined;
  readonly detailsUrl: string | undefined;
  readonly externalId: string | undefined;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
  readonly title: string | undefined;
  readonly summary: string | undefined;
  readonly text: string | undefined;
  readonly annotations: readonly StoredAnnotation[];
}

/** Per request; those of later requests are appended (docs, REST API endpoints for check runs). */
const annotationsPerRequest = 50;

const statuses = ['queued', 'in_progress', 'completed'] as const;
const levels = ['notice', 'warning', 'failure'] as const;
// `stale` and `startup_failure` only GitHub itself can give.
const conclusions = ['action_required', 'cancelled', 'failure', 'neutral', 'success', 'skipped', 'timed_out'];

/** Reads the request as GitHub's schema does: all that is wrong with it stands in one refusal. */
export function readCheckRun(body: JsonObject, required: readonly string[]): CheckRunInput {
  const wrong: string[] = [];
  const missing = required.filter(name => body[name] === undefined);
  if (missing.length > 0) wrong.push(invalid.missing(missing));

  const status = memberOf(body['status'], statuses, wrong);
  const conclusion = memberOf(body['conclusion'], conclusions, wrong);
  if (status === 'completed' && conclusion === undefined) wrong.push(invalid.missing(['conclusion']));

  const output = body['output'];
  if (output !== undefined && !isObject(output)) wrong.push(invalid.notA(output, 'an object'));
  const report: JsonObject = isObject(output) ? output : {};
  const annotations = asArray(report['annotations']);
  // Title and summary go together on creation; an update may bring annotations with the summary alone.
  const lacking = (required.length > 0 ? ['title', 'summary'] : ['summary']).filter(name => report[name] === undefined);
  if (isObject(output) && lacking.length > 0) wrong.push(invalid.missing(lacking));
  if (annotations.length > annotationsPerRequest)
    wrong.push(invalid.tooMany(annotationsPerRequest, annotations.length));
  const read = annotations.map(annotation => readAnnotation(annotation, wrong));
  if (wrong.length > 0) throw refusals.invalidRequest(wrong);

  return {
    name: asString(body['name']),
    headSha: asString(body['head_sha']),
    // A conclusion completes the run by itself.
    status: conclusion === undefined ? status : 'completed',
    conclusion,
    detailsUrl: asString(body['details_url']),
    externalId: asString(body['external_id']),
    startedAt: time(body['started_at']),
    completedAt: time(body['completed_at']),
    title: asString(report['title']),
    summary: asString(report['summary']),
    text: asString(report['text']),
    annotations: read,
  };
}

function readAnnotation(value: unknown, wrong: string[]): StoredAnnotation {
  const fields: JsonObject = isObject(value) ? value : {};
  const missing = ['path', 'start_line', 'end_line', 'annotation_level', 'message'].filter(
    name => fields[name] === undefined,
  );
  if (missing.length > 0) wrong.push(invalid.missing(missing));
  for (const name of ['start_line', 'end_line']) {
    if (fields[name] !== undefined && !Number.isInteger(fields[name]))
      wrong.push(invalid.notA(fields[name], 'an integer'));
  }
  return {
    path: asString(fields['path']) ?? '',
    startLine: asNumber(fields['start_line']) ?? 0,
    endLine: asNumber(fields['end_line']) ?? 0,
    level: memberOf(fields['annotation_level'], levels, wrong) ?? 'notice',
    title: asString(fields['title']),
    message: asString(fields['message']) ?? '',
    rawDetails: asString(fields['raw_details']),
  };
}

function memberOf<T extends string>(value: unknown, allowed: readonly T[], wrong: string[]): T | undefined {
  if (value === undefined || value === null) return undefined;
  const found = allowed.find(one => one === value);
  if (found === undefined) wrong.push(invalid.notMember(value, allowed));
  return found;
}

function time(value: unknown): number | undefined {
  const milliseconds = Date.parse(asString(value) ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
