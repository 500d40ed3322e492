/**
 * Words that older guides teach and that Azure is ending or has ended: a person who writes one deserves the reason, not
 * the nearest key. Dates: AKS release notes and the retirement pages of AKS.
 */
const reasons: Readonly<Record<string, string>> = {
  kubenet: 'Kubenet ends on 2028-03-31; clusters here use Azure CNI overlay.',
  calico: 'Calico is not managed by AKS for this network; use cilium.',
  osm: 'Open Service Mesh ends on 2027-09-30.',
  'open-service-mesh': 'Open Service Mesh ends on 2027-09-30.',
  'pod-identity': 'Pod identity ended in September 2025; use workload-identity.',
  'pod-security-policy':
    'Kubernetes removed pod security policies in 1.25; namespaces carry pod security labels instead.',
  'http-application-routing':
    'HTTP application routing has ended; traffic enters through Application Gateway for Containers.',
};

export function whyOutdated(word: string): string | undefined {
  const key = word.toLowerCase().replaceAll('_', '-');
  return Object.hasOwn(reasons, key) ? reasons[key] : undefined;
}
