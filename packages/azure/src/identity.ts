/** Whose rights are used, as messages name it: `name` reads on after "The", e.g. `plan identity of environment dev`. */
export interface Identity {
  readonly name: string;
  readonly clientId: string;
}

export function describeIdentity({ name, clientId }: Identity): string {
  return `The ${name} (client id ${clientId})`;
}
