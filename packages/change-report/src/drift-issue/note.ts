import { codeSpan, link } from '../markdown/escape.ts';
import type { DriftContent } from './content.ts';

/** The comment with which an issue is closed. */
export function cleanNote({ scope, run }: Pick<DriftContent, 'scope' | 'run'>): string {
  return `**Clean.** ${link(`Run ${run.id}`, run.url)} looked at all of ${codeSpan(scope)} and found nothing that others have changed. This issue is opened again when something does.`;
}
