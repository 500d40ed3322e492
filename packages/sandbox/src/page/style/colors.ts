/** Colours of Primer's light and dark themes that the style sheet for Markdown does not bring along. */
export const colors = `
:root { color-scheme: light dark; --page: #ffffff; --header: #f6f8fa; --counter: #818b981f; --fill-success: #1f883d; --fill-danger: #cf222e; --fill-done: #8250df;
  --flash: #ddf4ff; --flash-border: #54aeff66; --branch: #ddf4ff; --bar: #b6e3ff; --tab: #fd8c73; --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --header: #010409; --counter: #656c7633; --fill-success: #238636; --fill-danger: #b62324; --fill-done: #8957e5;
  --flash: #121d2f; --flash-border: #388bfd66; --branch: #121d2f; --bar: #0c2d6b; --tab: #f78166; } }
.tone-success { color: var(--fgColor-success); } .tone-danger { color: var(--fgColor-danger); } .tone-attention { color: var(--fgColor-attention); }
.tone-done { color: var(--fgColor-done); } .tone-accent { color: var(--fgColor-accent); } .tone-muted { color: var(--fgColor-muted); }
.border-danger { border-color: var(--borderColor-danger-emphasis); } .border-success { border-color: var(--borderColor-success-emphasis); }
.border-attention { border-color: var(--borderColor-attention-emphasis); } .border-accent { border-color: var(--borderColor-accent-emphasis); }
.state-success, .filled-success { background: var(--fill-success); color: #fff; } .state-danger, .filled-danger { background: var(--fill-danger); color: #fff; }
.state-done, .filled-done { background: var(--fill-done); color: #fff; }
`;
