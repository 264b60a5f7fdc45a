(() => {
  let g = (k) => {
      try {
        return localStorage.getItem(k);
      } catch {}
    },
    m = (q) => matchMedia(q).matches,
    d = document.documentElement,
    t = g("theme");
  if (!t || t == "system")
    t = m("(prefers-contrast: more)") ? "contrast" : m("(prefers-color-scheme: dark)") ? "dark" : "light";
  d.dataset.theme = t;
  let l = g("locale");
  if (l) d.lang = l;
})();
