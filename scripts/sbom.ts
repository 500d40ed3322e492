import type { BundledPackage } from './notices.ts';

/** A bill of materials (CycloneDX 1.6) of the packages in all bundles. It says no time, so that the same packages make the same file. */
export function renderSbom(packages: readonly BundledPackage[]): string {
  const all = new Map(packages.map(one => [packageUrl(one), one]));
  const components = [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([purl, { name, version, license }]) => ({
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      licenses: [{ license: { name: license } }],
      purl,
    }));
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: 'actions' } },
    components,
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function packageUrl({ name, version }: BundledPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
