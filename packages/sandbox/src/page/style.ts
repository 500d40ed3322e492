/** The look of the page: GitHub's proportions, light and dark, wide and phone. */
export const style = `
:root { color-scheme: light dark; --bg: #f6f8fa; --card: #fff; --text: #1f2328; --soft: #59636e; --line: #d1d9e0;
  --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --info: #0969da; --code: #eff2f5; }
@media (prefers-color-scheme: dark) { :root { --bg: #010409; --card: #0d1117; --text: #f0f6fc; --soft: #9198a1; --line: #3d444d;
  --good: #3fb950; --bad: #f85149; --warn: #d29922; --info: #4493f8; --code: #1b2028; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
header, main { max-width: 1012px; margin: 0 auto; padding: 16px; }
header h1 { margin: 0; font-size: 24px; }
header p { margin: 4px 0; color: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 16px; margin-bottom: 16px; overflow-wrap: anywhere; }
.card > h2 { margin: 0 0 12px; font-size: 17px; }
h2 small { color: var(--soft); font-weight: 400; }
.state { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin-right: .5em; background: var(--soft); }
.state.success, .bar.success { background: var(--good); }
.state.failure, .bar.failure { background: var(--bad); }
.state.cancelled, .bar.cancelled { background: var(--warn); }
.timeline { list-style: none; margin: 0; padding: 0; }
.timeline a { display: grid; grid-template-columns: minmax(11em, 1fr) 3fr 5em; gap: 12px; align-items: center; padding: 3px 0; color: inherit; text-decoration: none; }
.timeline .track { position: relative; height: 12px; background: var(--code); border-radius: 3px; }
.timeline .bar { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 3px; }
.timeline .time { color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; }
.annotations { list-style: none; margin: 0 0 12px; padding: 0; }
.annotations li { border-left: 3px solid var(--info); padding: 4px 10px; margin-bottom: 4px; white-space: pre-wrap; }
.annotations .error { border-color: var(--bad); } .annotations .warning { border-color: var(--warn); }
.log pre { max-height: 480px; overflow: auto; }
pre { background: var(--code); border-radius: 6px; padding: 12px; overflow: auto; font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--code); border-radius: 4px; padding: .15em .35em; font: 85% ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre code { background: none; padding: 0; font-size: 100%; }
.markdown h1, .markdown h2, .markdown h3 { line-height: 1.25; margin: 20px 0 10px; font-size: 18px; }
.markdown :is(h1, h2, h3):first-child { margin-top: 0; }
.markdown table { display: block; overflow-x: auto; overflow-wrap: normal; border-collapse: collapse; width: max-content; max-width: 100%; margin: 12px 0; }
.markdown th, .markdown td { border: 1px solid var(--line); padding: 5px 11px; text-align: left; vertical-align: top; }
.markdown tr:nth-child(2n) td { background: var(--bg); }
.markdown details { margin: 8px 0; }
summary { cursor: pointer; color: var(--info); }
.alert { margin: 12px 0; padding: 6px 14px; border-left: 4px solid var(--info); }
.alert.warning { border-color: var(--warn); } .alert.caution { border-color: var(--bad); } .alert.tip { border-color: var(--good); }
.alert strong:first-child { color: var(--soft); }
@media (max-width: 600px) { .timeline a { grid-template-columns: 1fr 5em; } .timeline .track { grid-column: 1 / -1; grid-row: 2; } header, main { padding: 10px; } .card { padding: 12px; } }
`;
