import { lineColours } from './curveLegend.ts';

/** What the pages of reports and players have in common. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1c1c1c;--soft:#5c5c5c;--paper:#fff;--card:#f6f6f4;--line:#ddd;--accent:#0072b2;--better:#00704f;--worse:#b03a00}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e4e1;--soft:#a3a3a3;--paper:#17181a;--card:#1f2124;--line:#3a3c40;--accent:#56b4e9;--better:#2fd6a4;--worse:#ff8a3d}${lineColours.map(([, dark], i) => `[data-fill="${i}"]{fill:${dark}}`).join('')}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.8rem;line-height:1.2;margin:.25rem 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:0 0 1rem}h3{font-size:1rem;margin:0 0 .35rem;display:flex;gap:.5rem;align-items:center;overflow-wrap:anywhere}
p{margin:.25rem 0 .75rem;max-width:60rem;overflow-wrap:anywhere}
.soft{color:var(--soft)}
a{color:var(--accent)}
figure{margin:0;break-inside:avoid}
button,select,input{font:inherit;color:inherit}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0 0 .75rem;padding:0;font-size:.85rem}
.key li{display:flex;align-items:center;gap:.4rem}
`;

export const reportStyle = `${pageStyle}
header,main,nav{margin:0 auto;max-width:78rem;padding:0 1.25rem}
header{padding-top:1.5rem}
nav{position:sticky;top:0;z-index:2;display:flex;gap:1.25rem;padding-top:.6rem;padding-bottom:.6rem;background:var(--paper);border-bottom:1px solid var(--line);overflow-x:auto;scrollbar-width:none}
nav a{text-decoration:none;white-space:nowrap}
section{padding:1.5rem 0 .5rem;scroll-margin-top:2.5rem}
section+section{border-top:1px solid var(--line)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr));gap:1rem;margin:1rem 0}
.card{background:var(--card);border-radius:8px;padding:.9rem 1.1rem}
.card p{margin:0;font-size:.9rem}
.card .figure{font-size:1rem;display:flex;flex-wrap:wrap;align-items:baseline;gap:.75rem}
.card b{font-size:2rem;line-height:1.3;font-weight:600;font-variant-numeric:tabular-nums}
.better{color:var(--better)}.worse{color:var(--worse)}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr));gap:1rem 1.5rem;align-items:start;margin-bottom:1rem}
.charts img{display:block;width:100%;height:auto}
.wide{overflow-x:auto;margin-bottom:1.25rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem;min-width:min(100%,34rem)}
caption{text-align:left;color:var(--soft);padding-bottom:.4rem}
th,td{padding:.3rem 1.1rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:break-word}tbody th{min-width:7.5rem;max-width:20rem}td{max-width:34rem}td:not(.number){min-width:4rem;overflow-wrap:anywhere}
thead th{font-weight:600;vertical-align:bottom}tbody th{font-weight:400}
.number,td.better,td.worse{text-align:right;white-space:nowrap}thead .number{white-space:normal}
tbody tr:hover{background:var(--card)}
td.differs{font-weight:600}td.differs::before{content:"≠ ";color:var(--worse)}
details{margin-bottom:1rem}summary{cursor:pointer;color:var(--accent);padding:.3rem 0}
.filters{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;background:var(--card);border-radius:8px;padding:.6rem .9rem;margin-bottom:1rem;font-size:.88rem}
.filters select,.filters input,.filters button{background:var(--paper);border:1px solid var(--line);border-radius:5px;padding:.25rem .4rem;max-width:12rem}
.filters input[type=number]{width:4.6rem}
.filters output{margin-left:auto;color:var(--soft)}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr));gap:1.1rem .8rem}
.gallery img{display:block;width:100%;aspect-ratio:3/4;object-fit:contain;background:#0002;border-radius:4px}
.gallery figcaption>*{display:block}.gallery figcaption{font-size:.8rem;line-height:1.4;overflow-wrap:anywhere;padding-top:.3rem}
.gallery figure:target{grid-column:1/-1;scroll-margin-top:3.5rem}
.gallery figure:target img{width:auto;max-width:100%;height:80vh;max-height:130vw}
.close{display:none;font-size:.85rem}.gallery figure:target .close{display:inline-block}
.gallery figcaption>.by{display:flex;flex-wrap:wrap;gap:.15rem .5rem}.badge{display:inline-flex;align-items:center;gap:.25rem;color:var(--soft)}
@media (max-width:40rem){header,main,nav{padding-left:.9rem;padding-right:.9rem}.gallery{grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr))}table{min-width:0}tbody th,thead th:first-child{position:sticky;left:0;background:var(--paper);padding-right:.6rem}th,td{padding-right:.8rem}tbody th{min-width:6.5rem;max-width:9rem}h1{font-size:1.45rem}.filters output{margin-left:0}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--card:#fff;--line:#bbb}body{font-size:9.5pt}header,main{max-width:none;padding:0}nav,.filters,.close{display:none!important}.card{border:1px solid var(--line)}.charts{grid-template-columns:1fr 1fr}.gallery{grid-template-columns:repeat(5,1fr)}section{break-inside:auto}h2,.key,caption{break-after:avoid}tr,.card{break-inside:avoid}.wide{overflow:visible}table{min-width:0;font-size:8.5pt}th,td{padding-right:.6rem}details>summary{display:none}a{color:inherit;text-decoration:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
