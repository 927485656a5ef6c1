"use strict";
// Runs before the first paint: a remembered theme must not flash, and script-only controls must not
// jump in. Storage may be switched off; the page then follows the system.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const store = {
    get() { try { return localStorage.getItem("space-odt-theme"); } catch { return null; } },
    set(value) { try { localStorage.setItem("space-odt-theme", value); } catch { /* not remembered */ } },
  };
  const paint = () => {
    const chosen = root.dataset.theme;
    root.classList.toggle("dark", chosen ? chosen === "dark" : system.matches);
  };
  const remembered = store.get();
  if (remembered === "light" || remembered === "dark") root.dataset.theme = remembered;
  root.classList.add("js");
  paint();
  system.addEventListener("change", paint);
  window.spaceOdtTheme = {
    isDark: () => root.classList.contains("dark"),
    flip() {
      root.dataset.theme = root.classList.contains("dark") ? "light" : "dark";
      store.set(root.dataset.theme);
      paint();
    },
  };
})();
