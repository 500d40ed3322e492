/** An Azure VM size with GPUs, as far as a test of one of them is concerned. */
export interface GpuSize {
  /** `Standard_NC4as_T4_v3`, in Azure's spelling. */
  readonly name: string;
  /** Whole GPUs; of a fraction the node shows one as well. What ARM says (`GPUs` of Microsoft.Compute `skus`) goes before it. */
  readonly gpus: number;
  /** Part of the GPU that the machine has, `1/6`; undefined where it has whole ones. */
  readonly fraction: string | undefined;
  readonly model: GpuModel;
  /** How the driver calls such a device. */
  readonly deviceName: RegExp;
  /** What AKS installs where the driver is its matter. */
  readonly branch: DriverBranch;
  readonly figures: Figures;
}

export type GpuModel =
  | 'T4'
  | 'A10'
  | 'A100 PCIe'
  | 'A100 SXM 40 GB'
  | 'A100 SXM 80 GB'
  | 'H100 NVL'
  | 'H100 SXM'
  | 'H200 SXM'
  | 'V100 SXM'
  | 'RTX PRO 6000';

/** What a healthy GPU measured elsewhere, and where. */
export interface Figure {
  readonly value: number;
  readonly source: string;
}

/** Undefined: nobody has published one, and what cannot be compared is not slow. */
export interface Figures {
  /** TFLOPS of 32-bit multiply-adds without tensor cores, over minutes: short loops reach more. */
  readonly fp32: Figure | undefined;
  /** GB/s */
  readonly hostToDevice: Figure | undefined;
  readonly deviceToHost: Figure | undefined;
  /** GB/s, read and written. */
  readonly device: Figure | undefined;
}

/** A line of drivers that AKS installs (Azure/AgentBaker, parts/common/components.json, `GPUContainerImages`, 2026-08-21). */
export interface DriverBranch {
  readonly name: 'CUDA' | 'GRID' | 'GRID v20';
  /** `580.159.04`; later node images bring later ones of the same or a newer branch. */
  readonly version: string;
  /** A newer major does not run: NVIDIA, "Minor Version Compatibility", 13.x from driver 580 on, 12.x from 525. */
  readonly cudaMajor: number;
}

const cuda: DriverBranch = { name: 'CUDA', version: '580.159.04', cudaMajor: 13 };
const grid: DriverBranch = { name: 'GRID', version: '570.211.01', cudaMajor: 12 };
const gridV20: DriverBranch = { name: 'GRID v20', version: '595.58.03', cudaMajor: 13 };

const dcgm = 'NVIDIA/DCGM nvvs/diag-skus.yaml.in (2026-07-06)';
/** What Azure's own check of a node demands at least, in both directions. */
const azureFloor = (value: number): Figure => ({
  value,
  source: 'Azure/azurehpc-health-checks conf/, check_gpu_bw, the least that passes (2026-05-01)',
});
const measuredByNvidia = (value: number, what: string): Figure => ({ value, source: `${dcgm}: ${what}` });
const both = (figure: Figure | undefined) => ({ hostToDevice: figure, deviceToHost: figure });
const nothing: Figures = { fp32: undefined, ...both(undefined), device: undefined };

const t4: Figures = {
  // Its 70 W hold it down: 8.1 on paper.
  fp32: measuredByNvidia(5.5, 'T4 has an SGEMM performance of 5500'),
  // Nobody has published one of Azure's machines, nor how many lanes they give the card.
  ...both({
    value: 6.2,
    source: `eight lanes of PCIe 3.0, which ${dcgm} takes for healthy: half of bandwidthTest with sixteen on Google Colab, 12.4`,
  }),
  device: measuredByNvidia(244, 'T4, experimentally about 244000 MB/s'),
};
const v100: Figures = {
  fp32: undefined,
  ...both({ ...azureFloor(9), source: `${azureFloor(9).source}, ND40rs_v2` }),
  // 0.75 of what was measured is the limit there.
  device: measuredByNvidia(810, 'V100, minimum_bandwidth 607500 is three quarters'),
};
const a10: Figures = {
  // Its 150 W hold it down: 31 on paper. What NVIDIA notes of its memory, 641 GB/s, is more than the card has.
  fp32: measuredByNvidia(8.1, 'A10, proftester -t 1007 about 8100'),
  ...both(undefined),
  device: undefined,
};
const a100Pcie: Figures = {
  fp32: measuredByNvidia(17.9, 'A100 80 GB PCIe (20b5), -t 1007 17950'),
  ...both(azureFloor(21)),
  device: measuredByNvidia(1495, 'A100 80 GB PCIe (20b5), -t 1005 about 1495000'),
};
const a100Sxm40: Figures = { fp32: undefined, ...both(azureFloor(21)), device: undefined };
const a100Sxm80: Figures = {
  fp32: measuredByNvidia(17.5, 'A100-SXM4-80GB, -t 1007 about 17500'),
  ...both(azureFloor(21)),
  device: measuredByNvidia(1564, 'A100-SXM4-80GB, -t 1005 about 1564000'),
};
const h100Nvl: Figures = {
  fp32: measuredByNvidia(34.1, 'H100NVL (2321) about 34100'),
  ...both(azureFloor(48)),
  device: measuredByNvidia(2725, 'H100NVL (2321), -t 1005 about 2725000'),
};
const h100Sxm: Figures = {
  fp32: measuredByNvidia(39, 'H100 80GB HBM3, -t 1007 about 39000'),
  ...both(azureFloor(48)),
  device: measuredByNvidia(2540, 'H100 80GB HBM3, -t 1005 about 2540000'),
};
const h200Sxm: Figures = {
  fp32: measuredByNvidia(50, 'H200 (2335), -t 1007 about 50000'),
  ...both(azureFloor(48)),
  device: measuredByNvidia(3110, 'H200 (2335), -t 1005 about 3110'),
};

type Row = readonly [name: string, gpus: number, fraction?: string];
type Kind = Pick<GpuSize, 'model' | 'deviceName' | 'branch' | 'figures'>;

/** Microsoft Learn, "GPU accelerated VM sizes", the page of each series (azure-compute-docs, 2026). */
const series: readonly { readonly kind: Kind; readonly rows: readonly Row[] }[] = [
  {
    kind: { model: 'T4', deviceName: /\bT4\b/, branch: cuda, figures: t4 },
    rows: [
      ['Standard_NC4as_T4_v3', 1],
      ['Standard_NC8as_T4_v3', 1],
      ['Standard_NC16as_T4_v3', 1],
      ['Standard_NC64as_T4_v3', 4],
    ],
  },
  {
    kind: { model: 'A100 PCIe', deviceName: /\bA100\b/, branch: cuda, figures: a100Pcie },
    rows: [
      ['Standard_NC24ads_A100_v4', 1],
      ['Standard_NC48ads_A100_v4', 2],
      ['Standard_NC96ads_A100_v4', 4],
    ],
  },
  {
    kind: { model: 'H100 NVL', deviceName: /\bH100\b/, branch: cuda, figures: h100Nvl },
    rows: [
      ['Standard_NC40ads_H100_v5', 1],
      ['Standard_NC80adis_H100_v5', 2],
    ],
  },
  {
    kind: { model: 'A100 SXM 40 GB', deviceName: /\bA100\b/, branch: cuda, figures: a100Sxm40 },
    rows: [['Standard_ND96asr_v4', 8]],
  },
  {
    kind: { model: 'A100 SXM 80 GB', deviceName: /\bA100\b/, branch: cuda, figures: a100Sxm80 },
    rows: [['Standard_ND96amsr_A100_v4', 8]],
  },
  {
    kind: { model: 'H100 SXM', deviceName: /\bH100\b/, branch: cuda, figures: h100Sxm },
    rows: [
      ['Standard_ND96is_H100_v5', 8],
      ['Standard_ND96isr_H100_v5', 8],
    ],
  },
  {
    kind: { model: 'H200 SXM', deviceName: /\bH200\b/, branch: cuda, figures: h200Sxm },
    rows: [
      ['Standard_ND96is_H200_v5', 8],
      ['Standard_ND96isr_H200_v5', 8],
      ['Standard_ND96isrf_H200_v5', 8],
    ],
  },
  {
    // AKS runs it with the last driver that knows it (AgentBaker: the R580 line).
    kind: { model: 'V100 SXM', deviceName: /\bV100\b/, branch: cuda, figures: v100 },
    rows: [['Standard_ND40rs_v2', 8]],
  },
  {
    kind: { model: 'A10', deviceName: /\bA10\b/, branch: grid, figures: a10 },
    rows: [
      ['Standard_NV6ads_A10_v5', 1, '1/6'],
      ['Standard_NV12ads_A10_v5', 1, '1/3'],
      ['Standard_NV18ads_A10_v5', 1, '1/2'],
      ['Standard_NV36ads_A10_v5', 1],
      ['Standard_NV36adms_A10_v5', 1],
      ['Standard_NV72ads_A10_v5', 2],
    ],
  },
  {
    kind: { model: 'RTX PRO 6000', deviceName: /RTX PRO 6000/i, branch: gridV20, figures: nothing },
    rows: [
      ['Standard_NC24lds_xl_RTXPRO6000BSE_v6', 1, '1/4'],
      ['Standard_NC36ds_xl_RTXPRO6000BSE_v6', 1, '1/4'],
      ['Standard_NC36lds_xl_RTXPRO6000BSE_v6', 1, '1/4'],
      ['Standard_NC72ds_xl_RTXPRO6000BSE_v6', 1, '1/2'],
      ['Standard_NC72lds_xl_RTXPRO6000BSE_v6', 1, '1/2'],
      ['Standard_NC144ds_xl_RTXPRO6000BSE_v6', 1],
      ['Standard_NC144lds_xl_RTXPRO6000BSE_v6', 1],
      ['Standard_NC288ds_xl_RTXPRO6000BSE_v6', 2],
      ['Standard_NC288lds_xl_RTXPRO6000BSE_v6', 2],
    ],
  },
];

const byName: ReadonlyMap<string, GpuSize> = new Map(
  series.flatMap(({ kind, rows }) =>
    rows.map(([name, gpus, fraction]): [string, GpuSize] => [name.toLowerCase(), { name, gpus, fraction, ...kind }]),
  ),
);

/** Undefined for sizes that are not in the table: nothing is known of them, which is no finding against them. */
export function gpuSizeOf(size: string): GpuSize | undefined {
  return byName.get(size.toLowerCase());
}

/** Sizes of which a test with CUDA can say nothing but why. */
export interface UnusableSize {
  /** Reads on after the size: "was retired on 2025-09-30 (NCv3, V100)". */
  readonly why: string;
  readonly remedy: string;
}

const another = 'Use a current size, such as Standard_NC4as_T4_v3.';

// Retired: azure-compute-docs, "Retired Azure VM size series" and the series' own migration guides.
const unusable: readonly { readonly pattern: RegExp; readonly why: string; readonly remedy?: string }[] = [
  { pattern: /^Standard_NC\d+r?s_v3(?:_Promo)?$/i, why: 'was retired on 2025-09-30 (NCv3, V100)' },
  { pattern: /^Standard_NV\d+s_v3$/i, why: 'was retired on 2026-09-30 (NVv3, M60)' },
  {
    pattern: /^Standard_NV\d+as_v4$/i,
    why: 'was retired on 2026-09-30 (NVv4), and had GPUs of AMD, which AKS never ran',
  },
  { pattern: /^Standard_NV\d+(?:_Promo)?$/i, why: 'was retired on 2023-09-06 (NV, M60)' },
  { pattern: /^Standard_(?:NC\d+r?(?:s_v2)?|ND\d+r?s|NV\d+s_v2)(?:_Promo)?$/i, why: 'was retired' },
  { pattern: /^Standard_N[A-Z]?\d+.*_(?:MI\d+X?|V710|V620)_v\d+$/i, why: 'has GPUs of AMD, which know no CUDA' },
  {
    pattern: /^Standard_NC(?:128|256|320)l?ds_xl_RTXPRO6000BSE_v6$/i,
    why: 'was a size of the preview, which Azure no longer makes machines of',
    remedy: 'Use one of 36, 72, 144 or 288 vCPUs.',
  },
];

/** Undefined for sizes that nothing is known against. */
export function unusableSizeOf(size: string): UnusableSize | undefined {
  const found = unusable.find(({ pattern }) => pattern.test(size));
  return found === undefined ? undefined : { why: found.why, remedy: found.remedy ?? another };
}
