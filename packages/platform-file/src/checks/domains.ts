import type { Problem } from '@suite/foundation';
import type { Platform } from '../platform.ts';
import type { Path } from '../position.ts';

/** The names of environments live below the platform's. */
export function checkDomains({ source, document }: Platform, problems: Problem[]): void {
  const report = (path: Path, message: string, remedy: string) =>
    problems.push({ message, location: document.locate(path), remedy });
  const { domain } = source;
  const zone = source.existing?.['dns-zone']?.split('/').at(-1);
  if (zone !== undefined && zone !== domain) {
    report(
      ['existing', 'dns-zone'],
      domain === undefined
        ? 'A DNS zone is for a `domain`, and there is none.'
        : `The zone \`${zone}\` is not that of \`${domain}\`.`,
      `Set \`domain: ${zone}\`, or name another zone.`,
    );
  }
  const seen = new Map<string, string>();
  for (const [name, environment] of Object.entries(source.environments)) {
    const own = environment.domain ?? (domain === undefined ? undefined : `${name}.${domain}`);
    if (own === undefined) continue;
    const path: Path = ['environments', name, 'domain'];
    const other = seen.get(own);
    seen.set(own, name);
    if (environment.domain !== undefined && domain === undefined) {
      report(path, `\`${own}\` is below no domain of the platform.`, 'Set `domain` at the top of the file.');
    } else if (own !== domain && !own.endsWith(`.${domain}`)) {
      report(path, `\`${own}\` is not below \`${domain}\`.`, `Use a name that ends in .${domain}.`);
    } else if (other !== undefined) {
      report(path, `\`${other}\` and \`${name}\` have the same domain.`, 'Give each its own.');
    } else if (own === domain && Object.keys(environment.regions ?? {}).length > 1) {
      report(
        path,
        `Several regions cannot share the zone of \`${own}\`.`,
        `Use a name below it, such as ${name}.${domain}.`,
      );
    }
  }
}
