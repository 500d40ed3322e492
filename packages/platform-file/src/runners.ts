/** GitHub's own runners, which are in nobody's network. Larger runners may be, and have names of people's own. */
const hosted = /^(?:ubuntu|windows|macos)-(?:latest|slim|\d+(?:\.\d+)?)(?:-(?:arm|intel|large|xlarge))?$/;

export function isHostedRunner(label: string): boolean {
  return hosted.test(label);
}
