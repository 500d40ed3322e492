import { UserError } from '@suite/foundation';

/** What is handed in is no plan that anything can be concluded from. `what` names the place, never the value there. */
export function malformed(what: string): UserError {
  return new UserError({
    message: `The plan cannot be read: ${what}.`,
    remedy: 'It has to be the output of `terraform show -json` (Terraform 1.11 or newer) for a saved plan.',
  });
}

const deepest = 100;

/** Guards everything that walks a plan by recursion: no real one is nested this deeply. */
export function requireShallow(value: unknown, name: string): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw malformed(`\`${name}\` is nested too deeply`);
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Array.isArray(item) ? item : Object.values(item)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
}
