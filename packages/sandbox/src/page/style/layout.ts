/** Proportions of GitHub's pull request page: 1280 at most, a side bar of 256, avatars of 40 left of the comments. */
export const layout = `
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--fgColor-default); overflow-wrap: anywhere;
  font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif, "Apple Color Emoji", "Segoe UI Emoji"; }
h1, h2, h3, h4, p, ul, ol, dl, dd, pre { margin: 0; }
ul, ol { padding: 0; } li { list-style: none; }
a { color: var(--fgColor-accent); text-decoration: none; } a:hover { text-decoration: underline; }
:is(a, summary, pre):focus-visible { outline: 2px solid var(--focus-outlineColor); outline-offset: 2px; }
summary { cursor: pointer; }
.sheet { position: absolute; width: 0; height: 0; }
.sr-only { position: absolute; width: 1px; height: 1px; padding: 0; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; }
.octicon { display: inline-block; vertical-align: text-bottom; fill: currentColor; flex: none; overflow: visible; }
.muted, .number { color: var(--fgColor-muted); } .number { font-weight: 300; }
.wide, main { max-width: 1280px; margin: 0 auto; padding-left: 32px; padding-right: 32px; }
header { background: var(--header); border-bottom: 1px solid var(--borderColor-default); padding-top: 16px; }
header .wide { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; justify-content: space-between; }
header h1 { font-size: 16px; font-weight: 400; color: var(--fgColor-default); display: flex; gap: 8px; align-items: center; }
header h1 .octicon { color: var(--fgColor-muted); }
.verdict { display: flex; gap: 8px; align-items: center; }
.tabs ul { display: flex; overflow-x: auto; gap: 8px; }
.tabs a { display: flex; gap: 8px; align-items: center; white-space: nowrap; padding: 12px 8px; color: var(--fgColor-default); border-bottom: 2px solid transparent; }
.tabs a:hover { text-decoration: none; border-color: var(--borderColor-default); } .tabs a .octicon { color: var(--fgColor-muted); }
.tabs a:focus-visible { outline-offset: -2px; }
.tabs .here { font-weight: 600; border-color: var(--tab); }
.counter { min-width: 20px; padding: 0 6px; border-radius: 24px; font-size: 12px; line-height: 18px; font-weight: 500; text-align: center; background: var(--counter); }
main { padding-top: 24px; padding-bottom: 64px; }
main > section { margin-top: 40px; } main > .pull:first-of-type { margin-top: 24px; }
main > section > h2 { font-size: 24px; font-weight: 400; padding-bottom: 8px; margin-bottom: 16px; border-bottom: 1px solid var(--borderColor-default); }
main .pull > .pull-title { font-size: 32px; line-height: 1.25; border: 0; padding: 0; margin-bottom: 8px; }
.pull-state { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.state { display: inline-flex; gap: 4px; align-items: center; padding: 5px 12px; line-height: 20px; font-weight: 500; border-radius: 2em; }
.pull > .tabs { border-bottom: 1px solid var(--borderColor-default); margin: 16px 0 24px; } .pull > .tabs a { margin-bottom: -1px; }
.pull > h3, .run-title { font-size: 20px; font-weight: 600; margin: 32px 0 16px; }
.with-side-bar { display: grid; grid-template-columns: minmax(0, 1fr) 256px; gap: 24px; }
.side-bar { font-size: 12px; } .side-bar h3 { color: var(--fgColor-muted); font-size: 12px; font-weight: 600; padding-top: 16px; margin-bottom: 4px; }
.side-bar h3:first-child { padding-top: 0; } .side-bar :is(p, ul) { padding-bottom: 16px; border-bottom: 1px solid var(--borderColor-muted); } .side-bar li { padding: 2px 0; }
.environments { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 360px), 1fr)); gap: 16px; align-items: start; } .environments .box { margin: 0; }
.chapters { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); gap: 16px; align-items: start; } .chapters .box { margin: 0; }
@media (max-width: 1011px) { .with-side-bar { grid-template-columns: minmax(0, 1fr); } .side-bar { display: none; } }
@media (max-width: 767px) { .wide, main { padding-left: 16px; padding-right: 16px; } header .tabs { padding: 0 8px; }
  main .pull > .pull-title { font-size: 26px; } }
`;
