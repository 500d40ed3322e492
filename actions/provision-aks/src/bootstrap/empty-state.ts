/** A state as Terraform writes it before anything is in it. `lineage` is a new GUID: Terraform never mixes two of them. */
export function emptyState(lineage: string): string {
  return `${JSON.stringify({
    version: 4,
    terraform_version: '1.11.0',
    serial: 1,
    lineage,
    outputs: {},
    resources: [],
    check_results: null,
  })}\n`;
}
