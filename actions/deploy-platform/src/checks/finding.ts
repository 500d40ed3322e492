import type { Check, CheckStatus } from '@suite/change-report';
import { printable, shorten, shortList } from '@suite/foundation';
import { type KubernetesObject, refOf, titleOf } from '@suite/kubernetes';
import type { Release } from '../release.ts';

const mostNamed = 5;
const longestName = 120;
const longestReason = 400;

/** One check about a release, whose id is `release/<name>/<what>`. */
export function finding(
  release: Release,
  what: string,
  { name, status, message, remedy }: { name: string; status: CheckStatus; message: string; remedy?: string },
): Check {
  return {
    id: `release/${release.name}/${what}`,
    name,
    status,
    message,
    ...(remedy === undefined ? {} : { remedy }),
    setting: release.setting,
  };
}

/** Text from a chart between backticks. */
export function code(text: string): string {
  return quoted(text, longestName);
}

/** A clause that says why, between backticks. */
export function reason(text: string): string {
  return quoted(text, longestReason);
}

function quoted(text: string, limit: number): string {
  const line = printable(text)
    .replace(/[`\s]+/g, ' ')
    .trim();
  return `\`${shorten(line, limit)}\``;
}

/** `Deployment argocd/argocd-server`, in backticks. */
export function named(object: KubernetesObject): string {
  return code(titleOf(refOf(object)));
}

/** The first few and how many more: `a, b and 7 more`. Each is said once. */
export function some(items: readonly string[]): string {
  return shortList([...new Set(items)], mostNamed);
}
