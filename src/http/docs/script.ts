import { SERVER } from './curl.ts';

/** What the page does by itself: search, copy, theme, its own address in the examples. It reads well without. */
export const SCRIPT = `
(() => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const remembered = (() => { try { return localStorage.getItem('theme'); } catch { return null; } })();
  if (remembered) root.dataset.theme = remembered;
  for (const code of all('.example code')) code.textContent = code.textContent.replace('${SERVER}', location.origin);

  const operations = all('[data-op]').map((element) => ({
    element,
    link: document.querySelector('nav a[href="#' + element.id + '"]').parentElement,
    text: (element.id + ' ' + element.textContent).toLowerCase(),
  }));
  const chapters = all('main section, nav [data-chapter]');
  const search = document.getElementById('page-search');
  const contents = document.getElementById('page-contents');
  const isWide = matchMedia('(min-width:64rem)');
  const unfold = () => { contents.open = isWide.matches; };
  isWide.addEventListener('change', unfold);
  unfold();
  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let found = 0;
    for (const { element, link, text } of operations) {
      const fits = words.every((word) => text.includes(word));
      element.hidden = link.hidden = !fits;
      if (fits) found += 1;
    }
    for (const chapter of chapters) chapter.hidden = !chapter.querySelector('[data-op]:not([hidden]), li:not([hidden])');
    document.querySelector('main > header').hidden = words.length > 0;
    document.getElementById('page-nothing').hidden = found > 0;
  };
  search.addEventListener('input', filter);
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement !== search) { event.preventDefault(); search.focus(); }
    if (event.key === 'Escape' && document.activeElement === search) { search.value = ''; filter(); search.blur(); }
  });

  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement('textarea');
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  };
  document.addEventListener('click', async (event) => {
    if (event.target.matches('nav a') && !isWide.matches) contents.open = false;
    if (event.target.id === 'page-theme') {
      const isDark = (root.dataset.theme ?? (matchMedia('(prefers-color-scheme:dark)').matches ? 'dark' : 'light')) === 'dark';
      root.dataset.theme = isDark ? 'light' : 'dark';
      try { localStorage.setItem('theme', root.dataset.theme); } catch {}
    }
    if (event.target.matches('[data-copy]')) {
      const label = await copy(event.target.previousElementSibling.textContent).then(() => 'Copied', () => 'Not copied');
      event.target.textContent = label;
      setTimeout(() => { event.target.textContent = 'Copy'; }, 1500);
    }
  });
})();
`;
