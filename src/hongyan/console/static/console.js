// What works better with a script and still works without: copy buttons and a few keys. No inline script anywhere.
"use strict";

document.documentElement.classList.add("scripted");

// A phone has no room for an open menu above every page.
const menu = document.querySelector(".menu details");
if (menu && matchMedia("(max-width:820px)").matches) menu.open = false;

// A copy button copies its own value, or the code beside it. What a live page brings later (live.js says "swapped") gets its buttons, too.
const showCopies = (within) => { for (const button of within.querySelectorAll("button.copy")) button.hidden = false; };
showCopies(document);
document.addEventListener("swapped", (event) => showCopies(event.target));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy, button[data-copy]");
  if (!button) return;
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(button.dataset.copy || code.textContent);
  } catch {
    const range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
  if (button.dataset.was === undefined) button.dataset.was = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = button.dataset.was; }, 1500);
});

// "/" leads to the search of the page, "j" and "k" through its rows, unless somebody is writing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "/") {
    const search = document.querySelector("input[type=search]") || document.querySelector(".find input:not([type=hidden])");
    if (search) { event.preventDefault(); search.focus(); }
  } else if (event.key === "j" || event.key === "k") {
    const rows = [...document.querySelectorAll("a.row")];
    const next = rows[rows.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  }
});
