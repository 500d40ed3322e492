import { anchors } from './anchors.ts';
import type { PageContent, ShownScene } from './content.ts';
import { type Html, html, nothing } from './html.ts';
import { stateIcon } from './states.ts';

/** What happened, chapter by chapter, each line with the way to what GitHub shows of it. */
export function renderStory({ chapters = [], runs, issues = [] }: PageContent): Html {
  if (chapters.length === 0) return nothing;
  const line = (scene: ShownScene) => {
    const { run, pull, issue } = scene;
    const target =
      run !== undefined
        ? anchors.run(run)
        : pull !== undefined
          ? anchors.pull({ number: pull })
          : issue !== undefined && issues.some(({ number }) => number === issue)
            ? anchors.issue({ number: issue })
            : undefined;
    const ended = runs.find(({ id, attempt }) => id === run?.id && attempt === run.attempt);
    // A run that had to fail did what it had to.
    const note =
      scene.ok && ended?.conclusion === 'failure'
        ? html` <span class="muted">stopped, as it has to be</span>`
        : nothing;
    const words = target === undefined ? html`${scene.words}` : html`<a href="#${target}">${scene.words}</a>`;
    return html`<li>${stateIcon(scene.ok ? 'success' : 'failure')} <span>${words}${note}</span></li>`;
  };
  return html`<section id="story"><h2>Story</h2><ol class="chapters">${chapters.map(
    chapter =>
      html`<li class="box" id="${anchors.chapter(chapter)}"><div class="box-header"><h3>${chapter.number}. ${chapter.title}</h3></div>
<p class="inset">${chapter.tells}</p><ul class="rows">${chapter.scenes.map(line)}</ul></li>`,
  )}</ol></section>`;
}
