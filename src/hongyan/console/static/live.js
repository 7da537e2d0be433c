// Regions of a page that follow what happens. A page opts in like this, and loads this file in its block `scripts`:
//
//   <div id="story" data-live="/live?page=message&id=123">…</div>
//
// The server says over `data-live` (pages/live.py) that something changed; the page is then fetched once more and the
// region with the same id takes the place of this one. More attributes, none of them needed:
//   data-part    what to fetch in place of the page itself: an address that answers with the region alone
//   data-digest  what the region was drawn from; without it the region is fetched once when the page begins to listen
//   data-top     the region shows older rows: never swap, point to what is new; leads here
//   data-now     the server's clock in ms, for "3 minutes ago" beside every time in an element of class "at"
// Children with `data-key` are rows: those that did not change stay as they are. Elsewhere on the page: [data-live-state]
// says how it stands, in the words that it brings along; [data-new] holds the button "12 new messages", [data-announce]
// is read out. A region in which somebody writes, or has marked text, waits until that is over.
"use strict";

{
  const LEAST_MS = 1000, MOST_MS = 60000, SCROLLED = 160, AGO_MS = 10000, QUIET_MS = 5000;
  const FOCUSED = "a, button, summary, [tabindex]";
  const lang = document.documentElement.lang;
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const state = document.querySelector("[data-live-state]");
  const drawn = new WeakMap();  // row -> its HTML as it came, before times were written beside it

  const say = (how) => {
    if (!state || state.dataset.how === how) return;
    state.dataset.how = how;
    state.textContent = state.dataset[how] || "";
    state.parentElement.dataset.how = how;
  };

  const rowsOf = (region) => [...region.querySelectorAll("[data-key]")];
  const remember = (region) => { for (const row of rowsOf(region)) drawn.set(row, row.outerHTML); };

  const UNITS = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const ages = (region) => {
    const ahead = Number(region.dataset.ahead || 0);
    for (const time of region.querySelectorAll(".at time[datetime]")) {
      const seconds = Math.round((Date.parse(time.dateTime) - Date.now() - ahead) / 1000);
      const [size, unit] = UNITS.find(([least]) => Math.abs(seconds) >= least) || UNITS[3];
      let ago = time.previousElementSibling;
      if (!ago) { ago = document.createElement("span"); ago.className = "ago"; time.before(ago); }
      const text = relative.format(Math.trunc(seconds / size), unit);
      if (ago.textContent !== text) ago.textContent = text;
    }
  };

  // what has the focus outside of rows, found again in what came: the same kind, saying the same
  const twin = (region, focus) => {
    const same = (one) => one.tagName === focus.tagName && one.textContent === focus.textContent;
    const nth = [...region.querySelectorAll(FOCUSED)].filter(same).indexOf(focus);
    return (there) => {
      const found = [...there.querySelectorAll(FOCUSED)].filter(same)[nth];
      if (found) found.focus({ preventScroll: true });
    };
  };

  const isBusy = (region) => {
    const focus = document.activeElement;
    if (region.contains(focus) && focus.matches("input, textarea, select")) return true;
    const marked = getSelection();
    return marked && !marked.isCollapsed && marked.rangeCount && marked.getRangeAt(0).intersectsNode(region);
  };

  function follow(region) {
    let source = null, pause = LEAST_MS, timer = 0, fetching = false, again = false, waiting = null;
    let known = region.dataset.top ? null : new Set(rowsOf(region).map((row) => row.dataset.key));
    let announced = 0, unsaid = 0, latest = "";
    const button = document.querySelector("[data-new]");
    const aloud = document.querySelector("[data-announce]");

    const clock = () => {
      if (region.dataset.now) region.dataset.ahead = Number(region.dataset.now) - Date.now();
    };

    const offer = (count) => {
      if (!button) return;
      button.replaceChildren();
      if (!count) return;
      const one = document.createElement("button");
      one.type = "button";
      one.textContent = `${count} ${button.dataset.words}`;
      one.addEventListener("click", () => {
        if (region.dataset.top) { location.assign(region.dataset.top); return; }
        scrollTo({ top: 0 });
        const fresh = waiting;
        if (fresh) swap(fresh);
        const first = region.querySelector("a.row");
        if (first) first.focus({ preventScroll: true });
      });
      button.append(one);
    };

    const announce = (count) => {
      unsaid += count;
      if (!aloud || !unsaid || Date.now() - announced < QUIET_MS) return;
      aloud.textContent = `${aloud.dataset.announce} ${unsaid}`;
      announced = Date.now();
      unsaid = 0;
    };

    const swap = (fresh) => {
      const old = new Map(rowsOf(region).map((row) => [row.dataset.key, row]));
      const focus = region.contains(document.activeElement) ? document.activeElement : null;
      const at = focus && focus.closest("[data-key]");
      const place = at ? [...at.querySelectorAll("a, button")].indexOf(focus) : -1;
      const alike = focus && !at ? twin(region, focus) : null;
      const isFirst = !old.size || (old.size === 1 && old.has("waiting"));
      remember(fresh);
      for (const row of rowsOf(fresh)) {
        const was = old.get(row.dataset.key);
        if (was && drawn.get(was) === drawn.get(row)) row.replaceWith(was);
        else if (!was && !isFirst) row.classList.add("fresh");
      }
      for (const name of ["digest", "now"]) {
        if (fresh.dataset[name]) region.dataset[name] = fresh.dataset[name];
      }
      const folds = new Map([...region.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]));
      for (const fold of fresh.querySelectorAll("details[id]")) {
        if (folds.has(fold.id)) fold.open = folds.get(fold.id);  // as the reader left it
      }
      region.replaceChildren(...fresh.childNodes);
      region.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
      const keys = rowsOf(region).map((row) => row.dataset.key);
      announce(keys.filter((key) => !known.has(key)).length);
      known = new Set(keys);
      waiting = null;
      offer(0);
      clock();
      ages(region);
      if (alike) alike(region);
      const arrived = document.getElementById("arrived");
      if (arrived && region.querySelector(".row")) arrived.hidden = false;
      if (at) {
        const same = region.querySelector(`[data-key="${CSS.escape(at.dataset.key)}"]`);
        const target = same && ([...same.querySelectorAll("a, button")][place] || same.querySelector("a"));
        if (target) target.focus({ preventScroll: true });
      }
    };

    const take = (fresh) => {
      const keys = rowsOf(fresh).map((row) => row.dataset.key);
      if (region.dataset.top) {
        if (known === null) known = new Set(keys);
        else offer(keys.filter((key) => !known.has(key)).length);
        return;
      }
      const count = keys.filter((key) => !known.has(key)).length;
      if (isBusy(region) || (count && scrollY > SCROLLED)) {
        waiting = fresh;
        offer(count);
      } else swap(fresh);
    };

    const look = async () => {
      if (fetching) { again = true; return; }
      fetching = true;
      try {
        do {
          again = false;
          const digest = latest;
          const answer = await fetch(region.dataset.part || location.href, { headers: { accept: "text/html" } });
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = page.getElementById(region.id);
          if (!answer.ok || !fresh) throw new Error("the region did not come");
          if (!("live" in fresh.dataset) && !region.dataset.part) { swap(document.adoptNode(fresh)); stop("off"); return; }
          if (!fresh.dataset.digest) fresh.dataset.digest = digest;
          take(document.adoptNode(fresh));
        } while (again);
      } catch { lost(); } finally { fetching = false; }
    };

    const stop = (how) => {
      clearTimeout(timer);
      if (source) source.close();
      source = null;
      say(how);
    };

    const lost = () => {
      stop("lost");
      timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, MOST_MS);
    };

    const connect = () => {
      stop(document.hidden ? "paused" : "wait");
      if (document.hidden) return;
      const has = region.dataset.digest && !region.dataset.top ? `&digest=${region.dataset.digest}` : "";
      source = new EventSource(region.dataset.live + has);
      source.addEventListener("open", () => { pause = LEAST_MS; say("now"); });
      source.addEventListener("error", lost);
      source.addEventListener("changed", (event) => {
        const { digest } = JSON.parse(event.data);
        latest = digest;
        if (digest !== region.dataset.digest) look();
      });
    };

    document.addEventListener("visibilitychange", connect);
    document.addEventListener("selectionchange", () => { if (waiting && scrollY <= SCROLLED && !isBusy(region)) swap(waiting); });
    addEventListener("scroll", () => { if (waiting && scrollY < SCROLLED && !isBusy(region)) swap(waiting); }, { passive: true });
    addEventListener("pagehide", () => stop("off"));
    addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
    remember(region);
    clock();
    ages(region);
    setInterval(() => ages(region), AGO_MS);
    connect();
  }

  for (const region of document.querySelectorAll("[data-live]")) follow(region);
}
