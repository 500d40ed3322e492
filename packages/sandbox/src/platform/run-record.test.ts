import { expect, test } from '@jest/globals';
import type { Azure, Registries } from '../world/index.ts';
import { recordImageBytes } from './run-record.ts';

const traffic = {
  acrdev: { 'shop/api': [100, 20, 0], 'promotion/dev': [7, 7, 0] },
  acrprod: { 'shop/api': [0, 0, 100], 'promotion/prod': [7, 7, 7] },
} as const;

test('bytes of images are counted in all registries, those of bundles and records are not', () => {
  const azure = { resources: () => Object.keys(traffic).map(name => ({ name })) } as unknown as Azure;
  const registries = {
    registry: (name: keyof typeof traffic) => ({
      traffic: (isMeant: (repository: string) => boolean) => {
        const meant = Object.entries(traffic[name]).filter(([repository]) => isMeant(repository));
        const sum = (at: 0 | 1 | 2) => meant.reduce((total, [, counts]) => total + counts[at], 0);
        return { received: sum(0), sent: sum(1), imported: sum(2) };
      },
    }),
  } as unknown as Registries;
  expect(recordImageBytes(azure, registries)).toEqual({ throughRunner: 120, imported: 100 });
});
