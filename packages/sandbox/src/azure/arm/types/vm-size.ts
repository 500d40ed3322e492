export interface VmSize {
  readonly cores: number;
  /** The family that quotas count by, e.g. `standardDDSv5Family`. */
  readonly family: string;
}

// Families of accelerated sizes follow no rule.
const irregular: Readonly<Record<string, string>> = {
  NC_T4_v3: 'Standard NCASv3_T4 Family',
  NC_A100_v4: 'StandardNCADSA100v4Family',
  NC_H100_v5: 'StandardNCadsH100v5Family',
  ND_H100_v5: 'StandardNDSH100v5Family',
  NV_A10_v5: 'StandardNVADSA10v5Family',
};

/** Read off the name of a size: series, cores, features, accelerator, version. Undefined for a name of another form. */
export function parseVmSize(name: string): VmSize | undefined {
  const match = /^Standard_([A-Z]+)(\d+)(?:-\d+)?([a-z]*)(?:_([A-Z][A-Z0-9]*))?(?:_v(\d+))?$/.exec(name);
  if (match === null) return undefined;
  const [, series = '', cores = '', features = '', accelerator, version] = match;
  const generation = version === undefined ? '' : `v${version}`;
  const known = irregular[[series, accelerator, generation].filter(Boolean).join('_')];
  const regular = `standard${series}${features.toUpperCase()}${accelerator ?? ''}${generation}Family`;
  return { cores: Number(cores), family: known ?? regular };
}
