/** The look of the reference: one column on a phone, contents beside it on a desk, light or dark as the reader has it. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fbfaf8;--raised:#fff;--ink:#1d1b20;--dim:#6a6670;--line:#e4e0da;--accent:#6a3fb5;--code:#f2efe9;
--get:#1c6e4a;--post:#8a4b08;--put:#7a3d94;--delete:#b3261e;--mark:#fff3c4}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#151318;--raised:#1d1a21;--ink:#e9e5ee;--dim:#a09aa8;--line:#332e39;--accent:#c3a3ff;--code:#262230;
--get:#7fd4a8;--post:#f0b070;--put:#d9a3ef;--delete:#ff9d95;--mark:#4a3f14}}
:root[data-theme=dark]{color-scheme:dark;--bg:#151318;--raised:#1d1a21;--ink:#e9e5ee;--dim:#a09aa8;--line:#332e39;--accent:#c3a3ff;--code:#262230;
--get:#7fd4a8;--post:#f0b070;--put:#d9a3ef;--delete:#ff9d95;--mark:#4a3f14}
:root[data-theme=light]{color-scheme:light}
*{box-sizing:border-box}
html{scroll-padding-top:4.5rem}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:break-word}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
code,pre,.path,.name{font-family:ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace}
code{font-size:.88em;background:var(--code);border-radius:4px;padding:.08em .3em;overflow-wrap:anywhere}
.top{position:sticky;top:0;z-index:2;display:flex;gap:.6rem;align-items:center;padding:.6rem 1rem;background:var(--bg);border-bottom:1px solid var(--line)}
.top h1{font-size:1rem;margin:0;white-space:nowrap}.top h1 small{color:var(--dim);font-weight:400}
.top input{flex:1;min-width:0;font:inherit;padding:.4rem .7rem;border:1px solid var(--line);border-radius:8px;background:var(--raised);color:inherit}
.top button,.example button{font:inherit;font-size:.8rem;padding:.3rem .6rem;border:1px solid var(--line);border-radius:8px;background:var(--raised);color:inherit;cursor:pointer}
.layout{display:grid;grid-template-columns:minmax(0,1fr);max-width:78rem;margin:0 auto}
nav{padding:.5rem 1rem}
nav summary{padding:.4rem 0;cursor:pointer;color:var(--dim)}
nav h2{font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--dim);margin:1.1rem 0 .3rem}
nav ul{list-style:none;margin:0;padding:0}
nav li a{display:flex;align-items:baseline;gap:.5rem;padding:.12rem .4rem;border-radius:6px;color:inherit;font-size:.84rem}
nav li a:hover,nav li a[aria-current]{background:var(--code);text-decoration:none}
nav .method{min-width:3.8em}
nav .path{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-size:.95em}
main{padding:1rem 1rem 6rem;min-width:0}
main>header{color:var(--dim);font-size:.95rem}main>header ul{padding:0;margin:.6rem 0;list-style:none}main>header li{margin:.3rem 0}main>header p{max-width:46rem}
section>h2{margin:2.4rem 0 .2rem;font-size:1.35rem;text-transform:capitalize}section>p{margin:.1rem 0 1rem;color:var(--dim)}
article{background:var(--raised);border:1px solid var(--line);border-radius:12px;padding:1rem;margin:0 0 1rem}
article:target{border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
article header{display:flex;align-items:baseline;gap:.3rem .8rem}
article h3{margin:0;font-size:1.02rem;font-weight:600;min-width:0;overflow-wrap:anywhere}
article p{margin:.5rem 0}
.method{font:700 .72rem ui-monospace,Menlo,"DejaVu Sans Mono",monospace;letter-spacing:.03em}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.delete{color:var(--delete)}
.path var{font-style:normal;color:var(--accent)}
.access{font-size:.76rem;color:var(--dim);border:1px solid var(--line);border-radius:99px;padding:.02rem .6rem;white-space:nowrap}
.access.admin,.access.operator{color:var(--post);border-color:currentcolor}.access.drone{color:var(--get);border-color:currentcolor}
.anchor{margin-left:auto;color:var(--dim);padding:0 .3rem}
h4{margin:1rem 0 .2rem;font-size:.82rem}h4 small{font-weight:400;color:var(--dim)}
.fields{margin:0;display:grid;grid-template-columns:minmax(0,1fr)}
.fields dt{padding-top:.45rem;border-top:1px solid var(--line);min-width:0;font-size:.86rem}
.fields dd{margin:0;padding:0 0 .45rem;min-width:0;font-size:.9rem}
.fields dt:first-child{border-top:0}
.name{font-weight:600;overflow-wrap:anywhere}.parents{font-weight:400;color:var(--dim)}
.type,.limits,.presence{color:var(--dim);font-size:.8rem}.presence.must{color:var(--delete)}.presence::before{content:"· "}
.limits{display:block}.limits code{font-size:.95em}
.status{font-weight:600}
details{margin:.6rem 0 0}summary{cursor:pointer;color:var(--accent);font-size:.86rem}
pre{margin:.5rem 0 0;padding:.7rem .8rem;background:var(--code);border-radius:8px;overflow-x:auto;font-size:.8rem;line-height:1.5}
pre code{background:none;padding:0;font-size:1em;overflow-wrap:normal}
.example{position:relative;margin-top:.9rem}.example pre{margin:0;padding-right:4.6rem}
.example button{position:absolute;top:.4rem;right:.4rem}
[hidden]{display:none!important}
#page-nothing{color:var(--dim);padding:2rem 0}
@media (min-width:46rem){.fields{grid-template-columns:minmax(11rem,20rem) minmax(0,1fr);column-gap:0}
.fields dt{padding-right:1.2rem}
.fields dd{padding-top:.45rem;border-top:1px solid var(--line)}.fields dt:first-child+dd{border-top:0}.fields dt{padding-bottom:.45rem}}
@media (min-width:64rem){.layout{grid-template-columns:19rem minmax(0,1fr);gap:1.5rem}
nav{position:sticky;top:3.6rem;height:calc(100vh - 3.6rem);overflow-y:auto;padding-bottom:3rem}nav summary{display:none}main{padding-top:1.2rem}}
@media (max-width:30rem){.top h1 small{display:none}}
`;
