const LIGHT = `--page:#fff;--panel:#f5f6f8;--line:#d3d7de;--text:#1b1f26;--faint:#535b67;--alone:#7aa2d6;--deployed:#2458a6;
--good:#1d7a46;--poor:#8a5a00;--bad:#b3261e;--fill-good:#4caf7d;--fill-fair:#a6c64c;--fill-poor:#e5a93b;--fill-bad:#d9534a;--fill-none:#b9c0ca;--window:#dcebdc;color-scheme:light`;
const DARK = `--page:#14171c;--panel:#1d2129;--line:#3a414d;--text:#e8ebf0;--faint:#a9b1bd;--alone:#5b7fb3;--deployed:#8fb8f5;
--good:#6fd39b;--poor:#f0bd62;--bad:#ff8a80;--fill-good:#3f9d6c;--fill-fair:#8aa83c;--fill-poor:#c08a27;--fill-bad:#d2483e;--fill-none:#5d6673;--window:#26382a;color-scheme:dark`;

/** The rules of a report's page: light and dark, narrow and wide, on paper. */
export const STYLESHEET = `
:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
@media print{:root{${LIGHT}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.45 system-ui,sans-serif}
header,main,footer{max-width:64rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:0 0 .5rem}
h3{font-size:1rem;margin:1rem 0 .25rem;overflow-wrap:anywhere}
section{padding:1rem 0;border-top:1px solid var(--line)}
p{margin:.25rem 0 .75rem;max-width:48rem;overflow-wrap:anywhere}
a{color:var(--deployed)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:.5rem 0 0;padding:0;list-style:none}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.25rem .5rem}
:focus-visible{outline:2px solid var(--deployed);outline-offset:2px}
.faint{color:var(--faint)}
.good{color:var(--good)}.poor,.degraded{color:var(--poor)}.bad,.broken{color:var(--bad)}
.card{background:var(--panel);border:1px solid var(--line);border-left:.4rem solid currentColor;border-radius:.4rem;padding:1rem}
.card>*{color:var(--text)}
.card .grade{font-size:1.6rem;font-weight:700;margin:0;color:inherit}
.figures{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:.5rem 0}
.figures div{min-width:7rem;max-width:100%}
dt{color:var(--faint);font-size:.85rem;overflow-wrap:anywhere}
dd{margin:0;overflow-wrap:anywhere}
.figures dd{font-size:1.2rem;font-weight:600}
.pictures{display:flex;flex-wrap:wrap;gap:1rem}
figure{margin:0;max-width:100%}
figure img{display:block;width:8rem;height:8rem;object-fit:contain;image-rendering:pixelated;background:var(--panel)}
figcaption{font-size:.85rem;color:var(--faint);max-width:8rem;overflow-wrap:anywhere}
.flips figcaption{max-width:11rem;color:var(--text)}
.rows{list-style:none;margin:0;padding:0}
.rows li{display:grid;grid-template-columns:15rem minmax(0,1fr) 9rem;gap:0 .75rem;align-items:center;padding:2px 0}
.rows .name,.rows .figure{font-size:.85rem;overflow-wrap:anywhere}
.rows .figure{text-align:right;font-variant-numeric:tabular-nums}
.rows.wide li{grid-template-columns:15rem minmax(0,1fr) 17rem}
.plot{display:block;width:100%;overflow:visible}
.plot text{font-size:11px;fill:var(--faint)}
.alone{fill:var(--alone)}.deployed{fill:var(--deployed)}
.fill-good{fill:var(--fill-good)}.fill-fair{fill:var(--fill-fair)}.fill-poor{fill:var(--fill-poor)}.fill-bad{fill:var(--fill-bad)}.fill-none{fill:var(--fill-none)}
.window{fill:var(--window)}
.grid{stroke:var(--line)}
.limit{stroke:var(--poor);stroke-dasharray:3 2}
.limit.bad{stroke:var(--bad)}
.edge{fill:none;stroke:var(--faint);stroke-opacity:.7}
.flag{white-space:nowrap}
.curve{fill:none;stroke:var(--poor);stroke-width:1.5}
.curve.other{stroke:var(--good)}
.chosen{stroke:var(--poor);stroke-opacity:.6}
.chosen.other{stroke:var(--good)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0 .75rem;font-size:.85rem}
.legend svg{vertical-align:-2px;margin-right:.35rem}
.scroll{max-height:36rem;overflow:auto;border:1px solid var(--line);border-radius:.4rem;padding:.5rem}
.network text{font-size:12px;fill:var(--text)}
.network .type{fill:var(--faint)}
details{border:1px solid var(--line);border-radius:.4rem;margin:.35rem 0;padding:.35rem .6rem}
summary{cursor:pointer;overflow-wrap:anywhere}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:1rem;margin-top:.5rem}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.2rem .75rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td{overflow-wrap:anywhere}
th[scope=row]{white-space:nowrap}
code{font-family:ui-monospace,monospace;font-size:.85rem;overflow-wrap:anywhere}
@media (max-width:40rem){
.rows li,.rows.wide li{grid-template-columns:minmax(0,1fr) 8.5rem}
.rows .name{grid-column:1/-1}
.rows.wide .figure{grid-column:1/-1;text-align:left}
.rows.wide .plot{grid-column:1/-1}
}
@media print{
body{font-size:11px}
nav,.skip{display:none}
.scroll{max-height:none;overflow:visible;border:0}
section,.card,figure,.rows li{break-inside:avoid-page}
section{break-inside:auto}
}
`;
