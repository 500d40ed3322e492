/**
 * A public image that has Python and nothing of CUDA: `libcuda.so.1` comes from the node. From Microsoft's registry, which every
 * AKS cluster has to reach anyway (Microsoft Learn, "Outbound network and FQDN rules for AKS clusters") and which limits no pulls.
 * `azurelinux/base/python:3.12` of 2026-08-11, an index for amd64 and arm64.
 */
export const workloadImage = {
  reference: 'mcr.microsoft.com/azurelinux/base/python:3.12',
  digest: 'sha256:722b6224c23b3f21f5268e2073f80c0f396bc626e3193b6dbf66e40d89478f03',
} as const satisfies WorkloadImage;

export interface WorkloadImage {
  readonly reference: string;
  readonly digest: string;
  /** The CUDA that an image brings along and that the driver has to run: `12.5`. Undefined without. */
  readonly cuda?: string;
}
