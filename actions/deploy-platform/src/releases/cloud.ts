import { type CloudName, clouds } from '@suite/azure/clouds';

/** What a program is told of its cloud: nothing in the public one, which every program takes for granted. */
export function environmentOf(cloud: CloudName): string | undefined {
  return cloud === 'public' ? undefined : clouds[cloud].environment;
}
