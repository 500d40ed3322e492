/** Boxes, the conversation, checks, jobs, logs and the time line. */
export const parts = `
.box { border: 1px solid var(--borderColor-default); border-radius: 6px; margin-bottom: 16px; background: var(--bgColor-default); min-width: 0; }
.box-header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; justify-content: space-between; padding: 8px 16px;
  background: var(--bgColor-muted); border-bottom: 1px solid var(--borderColor-default); border-radius: 6px 6px 0 0; }
:is(h3, h4, .caller, .fold > summary, .revisions summary, .check-lines li, .side-bar li, .rows span) > .octicon { margin-right: 4px; }
.run-title .octicon { width: 20px; height: 20px; vertical-align: -3px; }
.box-header :is(h3, h4) { font-size: 14px; font-weight: 600; } .box-header h4 .muted { font-weight: 400; }
.inset { padding: 16px; } .inset > .box:last-child { margin-bottom: 0; }
.label { display: inline-block; padding: 0 7px; font-size: 12px; font-weight: 500; line-height: 18px; color: var(--fgColor-muted); border: 1px solid var(--borderColor-default); border-radius: 2em; }
code { font: 12px/1.5 var(--mono); }
.branch { padding: 2px 6px; border-radius: 6px; background: var(--branch); color: var(--fgColor-accent); } .sha { color: var(--fgColor-muted); }
.flash { display: flex; gap: 8px; padding: 12px 16px; border: 1px solid var(--flash-border); border-radius: 6px; background: var(--flash); } .flash .octicon { margin-top: 2px; }
.markdown-body { font-size: 14px; padding: 16px; overflow-wrap: break-word; min-width: 0; border-radius: 0 0 6px 6px; background: transparent; }
.markdown-body + .markdown-body { border-top: 1px solid var(--borderColor-muted); }
.inset .markdown-body { padding: 0; }
.markdown-body li { list-style: inherit; } .markdown-body .task-list-item { list-style: none; }
:is(.markdown-body, .muted, .annotation) a { text-decoration: underline; text-underline-offset: .2rem; }
.markdown-body :is(pre, table):focus-visible { outline: 2px solid var(--focus-outlineColor); outline-offset: -2px; }
.markdown-body :is(hr, input) { max-width: 100%; }
.markdown-body td, .markdown-body th { overflow-wrap: normal; }
.markdown-body .diagram { margin: 0 0 16px; border: 1px solid var(--borderColor-default); border-radius: 6px; }
.markdown-body .diagram figcaption { padding: 8px 16px; color: var(--fgColor-muted); border-bottom: 1px solid var(--borderColor-default); }
.markdown-body .diagram pre { margin: 0; border-radius: 0 0 6px 6px; background: transparent; }
.markdown-body .diagram div { overflow-x: auto; padding: 16px; } .gantt { display: block; width: 100%; min-width: 560px; }
.gantt rect { fill: var(--bar); } .gantt text { fill: var(--fgColor-default); font-size: 11px; } .gantt .tick { fill: var(--fgColor-muted); } .gantt line { stroke: var(--borderColor-muted); }
.markdown-body .image { padding: 0 6px; border: 1px dashed var(--borderColor-default); border-radius: 6px; color: var(--fgColor-muted); }
.thread { position: relative; padding-left: 56px; } .pull > .thread { margin-top: 16px; }
.thread::before { content: ""; position: absolute; top: 0; bottom: 0; left: 72px; border-left: 2px solid var(--borderColor-muted); }
.comment { position: relative; padding: 8px 0; } .comment > .box { position: relative; margin: 0; }
.avatar { position: absolute; left: -56px; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; font-weight: 600; font-size: 18px; color: #fff; background: #59636e; }
.avatar.app { border-radius: 6px; background: #24292f; } .avatar .octicon { width: 22px; height: 22px; }
.event { position: relative; display: flex; gap: 8px; align-items: baseline; padding: 12px 0 12px 0; color: var(--fgColor-muted); } .event strong { color: var(--fgColor-default); }
.event > div { min-width: 0; flex: 1; }
.event-icon { position: relative; flex: none; width: 32px; height: 32px; display: inline-grid; place-items: center; border-radius: 50%; border: 2px solid var(--page); background: var(--bgColor-muted); align-self: center; }
.event-icon.filled-success { background: var(--fill-success); } .event-icon.filled-danger { background: var(--fill-danger); } .event-icon.filled-done { background: var(--fill-done); }
.revisions { border-top: 1px solid var(--borderColor-muted); font-size: 12px; } .event .revisions { border: 0; }
.revisions summary { padding: 8px 16px; color: var(--fgColor-muted); } .event .revisions > summary { padding-left: 0; }
.revisions details { border-top: 1px solid var(--borderColor-muted); padding-left: 16px; } .markdown-body summary { color: inherit; padding: 0; }
.merge-box { margin: 16px 0 0 56px; } .merge-box summary { display: flex; gap: 12px; align-items: center; padding: 16px; }
.check-lines { max-height: 320px; overflow-y: auto; border-top: 1px solid var(--borderColor-muted); } .check-lines li { padding: 8px 16px; } .check-lines li + li { border-top: 1px solid var(--borderColor-muted); }
.check-lines a { color: var(--fgColor-default); font-weight: 600; }
.check-title { font-size: 20px; line-height: 1.3; margin-bottom: 12px; }
.fold > summary { padding: 8px 16px; color: var(--fgColor-muted); }
.facts { display: flex; flex-wrap: wrap; gap: 12px 32px; padding: 16px; } .facts dt { font-size: 12px; color: var(--fgColor-muted); } .facts dd { font-weight: 500; }
.jobs { padding: 8px 16px; } .caller { font-weight: 600; padding: 8px 0 4px; } .caller .octicon { color: var(--fgColor-muted); } .caller + .job-rows { padding-left: 24px; }
.job-rows li, .time-line li { display: grid; grid-template-columns: minmax(0, 300px) minmax(0, 1fr) 110px; gap: 16px; align-items: center; padding: 6px 0; }
.time-line { padding: 8px 16px; } .time-line li { grid-template-columns: minmax(0, 360px) minmax(0, 1fr) 190px; }
.job-name { display: flex; gap: 8px; align-items: baseline; } .job-name .octicon { position: relative; top: 3px; } .time-line a { color: var(--fgColor-default); }
.time { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { display: block; width: 100%; fill: currentColor; } .bar .track { fill: var(--counter); }
.annotation { display: flex; gap: 8px; padding: 12px 16px; border-left-width: 4px; border-left-style: solid; } .annotation + .annotation { border-top: 1px solid var(--borderColor-muted); }
.annotation > div { min-width: 0; } .box > .annotations:last-child { border-radius: 0 0 6px 6px; overflow: hidden; } .box > .inset + .annotations { border-top: 1px solid var(--borderColor-default); }
.message { margin-top: 4px; font: 12px/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
.rows li { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; padding: 10px 16px; } .environments .fold { border-top: 1px solid var(--borderColor-muted); }
.job > summary, .step > summary { display: flex; gap: 8px; align-items: center; padding: 10px 16px; } .job > summary:hover, .step > summary:hover { background: var(--bgColor-muted); }
.job > summary { border-radius: 6px; } .step > summary { padding: 6px 16px 6px 24px; font-size: 12px; } .grow { flex: 1; min-width: 0; }
.step { border-top: 1px solid var(--borderColor-muted); }
:is(.job, .step, .revisions, .revisions details, .fold) > summary::before { content: "›"; flex: none; width: 10px; display: inline-block; color: var(--fgColor-muted); font-size: 16px; line-height: 1; transform-origin: 3px 50%; }
:is(.job, .step, .revisions, .revisions details, .fold)[open] > summary::before { transform: rotate(90deg); }
:is(.job, .step, .revisions, .revisions details, .fold, .merge-box details) > summary { list-style: none; }
summary::-webkit-details-marker { display: revert; } :is(.job, .step, .revisions, .fold, .merge-box) > summary::-webkit-details-marker { display: none; }
.empty { padding: 8px 16px; font-size: 12px; }
.log { max-height: 480px; overflow: auto; font: 12px/20px var(--mono); background: var(--bgColor-muted); }
.log.from-end { display: flex; flex-direction: column-reverse; }
.log ol { padding: 12px 16px 12px 56px; width: max-content; min-width: 100%; } .log li { list-style: decimal; white-space: pre; } .log li::marker { color: var(--fgColor-muted); content: counter(list-item) "  "; }
.log-error { color: var(--fgColor-danger); } .log-warning { color: var(--fgColor-attention); } .log-notice { color: var(--fgColor-accent); }
:target { scroll-margin-top: 16px; } .comment:target > .box, .box:target { outline: 2px solid var(--borderColor-accent-emphasis); outline-offset: -1px; }
@media (max-width: 767px) {
  .thread { padding-left: 0; } .thread::before { left: 15px; } .avatar { display: none; } .merge-box { margin-left: 0; }
  .job-rows li, .time-line li { grid-template-columns: minmax(0, 1fr) auto; gap: 4px 12px; } .job-rows .bar, .time-line .bar { grid-column: 1 / -1; grid-row: 2; }
  .job > summary, .step > summary { flex-wrap: wrap; } .step > summary { padding-left: 16px; } .no-bar { display: none; } .caller + .job-rows { padding-left: 0; }
}
@media print { .log { max-height: none; overflow: visible; } }
`;
