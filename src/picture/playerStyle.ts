import { pageStyle } from './reportStyle.ts';

/** Of the player: one frame at a time with its script, all below each other without it and on paper. */
export const playerStyle = `${pageStyle}
main{margin:0 auto;max-width:min(72rem,calc(64vh*var(--ratio)));min-width:min(100%,20rem);padding:1.25rem}
.frame{position:relative;line-height:0;background:#000;border-radius:6px;overflow:hidden}
.frame img{width:100%;height:auto;aspect-ratio:var(--ratio)}
.frame svg{position:absolute;inset:0;width:100%;height:100%}
figcaption{font-size:.85rem;color:var(--soft);padding:.2rem 0 .9rem;overflow-wrap:anywhere}
.live .stage figure{display:none}.live .stage figure.shown{display:block}.live figcaption{padding-bottom:.3rem}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem .9rem;margin:.4rem 0;font-size:.9rem}
.bar label{display:flex;align-items:center;gap:.35rem}
button{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.3rem .7rem;min-width:2.4rem;line-height:1.4;cursor:pointer}
.said{font-variant-numeric:tabular-nums}
.track{position:relative;--thumb:16px}
.timeline{display:block;height:44px;width:calc(100% - var(--thumb));margin:0 calc(var(--thumb)/2);background:linear-gradient(var(--line),var(--line)) 0 50%/100% 1px no-repeat,var(--card);border-radius:4px}
.seek{width:100%;margin:.15rem 0 .4rem;accent-color:var(--accent)}
.score{width:9rem;accent-color:var(--accent)}
.keys{font-size:.82rem;margin:.2rem 0 .6rem}
.no-truth g.truth,.no-found g.found,.no-grey g.grey{display:none!important}
@media (hover:none){.keys{display:none}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff}main{max-width:none;padding:0}.controls{display:none}.live .stage figure{display:block!important}.stage{display:grid;grid-template-columns:1fr 1fr;gap:.5rem 1rem}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
