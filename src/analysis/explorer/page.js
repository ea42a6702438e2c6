// The browser's half of the page: marks what waits for an answer, keeps the cases in the tab, says
// so when nothing answers, and names what the widgets library leaves without a name.
const KEPT = "countersignal-cases";
const SILENT_AFTER = 4500;

const named = (page) => {
  for (const slider of page.querySelectorAll(".widget-slider, .widget-hslider")) {
    const label = slider.querySelector("label");
    const words = label ? label.textContent : "";
    const readout = slider.querySelector(".widget-readout");
    for (const handle of slider.querySelectorAll("[role=slider]")) {
      if (words && handle.getAttribute("aria-label") !== words) handle.setAttribute("aria-label", words);
    }
    if (readout && words && readout.getAttribute("aria-label") !== words + ", as a number") {
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", words + ", as a number");
    }
  }
  for (const button of page.querySelectorAll("button.widget-upload")) {
    const icon = button.querySelector("i");
    if (icon) icon.setAttribute("aria-hidden", "true");
    const last = button.lastChild;
    if (last && /\(0\)$/.test(last.textContent)) last.textContent = last.textContent.replace(/\s*\(0\)$/, "");
  }
  for (const body of page.querySelectorAll(".dt-scroll-body:not([tabindex])")) {
    body.tabIndex = 0;
    body.setAttribute("role", "region");
    body.setAttribute("aria-label", "Programs");
  }
  for (const tab of page.querySelectorAll(".widget-tab-contents:not([tabindex])")) {
    tab.tabIndex = 0; // it scrolls, so that a keyboard must reach it
    tab.setAttribute("role", "region");
    tab.setAttribute("aria-label", "Contents of the tab");
  }
  for (const live of page.querySelectorAll(".cs-keys, .cs-said, .cs-saved, .cs-banner, .cs-states")) {
    if (!live.hasAttribute("aria-live")) live.setAttribute("aria-live", "polite");
  }
};

const store = {
  read: () => { try { return sessionStorage.getItem(KEPT) || ""; } catch { return ""; } },
  write: (text) => { try { sessionStorage.setItem(KEPT, text); } catch { /* a full or closed store */ } },
};

function render({ model, el }) {
  const ended = new AbortController();
  const pages = () => document.querySelectorAll(".cs-page");
  const strip = document.createElement("div");
  strip.className = "cs-silent";
  strip.setAttribute("role", "alert");
  el.append(strip);

  let asked = model.get("asked"), handed = model.get("taken"), sure = 0, rest, silence;
  const speak = () => {
    const voila = document.getElementById("ended");
    if (voila && !voila.hidden) return;
    strip.innerHTML = "";
    const words = document.createElement("span");
    words.textContent = "No answer for 5 seconds: the page is still computing, or its program has stopped. "
      + "Gray numbers are from before your last change. This tab keeps your case. ";
    strip.append(words);
    if (voila) {
      const again = document.createElement("button");
      again.textContent = "Begin again with this case";
      again.onclick = () => location.reload();
      strip.append(again);
    } else {
      words.textContent += "If it stays so, choose Kernel, Restart Kernel and Run All Cells.";
    }
  };
  const waits = () => model.get("busy") || model.get("answered") < asked || model.get("taken") < handed;
  // After the control has sent its own change.
  const send = () => setTimeout(() => { model.set("asked", asked); model.save_changes(); }, 0);
  const look = () => {
    clearTimeout(rest);
    if (!waits() && sure < asked) {
      // The widgets library holds a control's last moves back until the one before is heard. Where
      // an answer has come they are sent, and what is asked now is answered after them.
      sure = asked += 1;
      send();
    }
    if (waits()) {
      for (const page of pages()) page.classList.add("cs-busy");
      if (!silence) silence = setTimeout(speak, SILENT_AFTER);
    } else {
      rest = setTimeout(() => {
        if (held.length) return release();
        for (const page of pages()) page.classList.remove("cs-busy");
      }, 0);
      clearTimeout(silence);
      silence = undefined;
      strip.innerHTML = "";
    }
  };
  const ask = () => {
    asked += 1;
    look();
    send();
  };

  const heard = (kind, act) => document.addEventListener(kind, act, { capture: true, signal: ended.signal });
  const within = (target, what) => target instanceof Element && target.closest(".cs-page") && target.closest(what);
  // A slider's move that the kernel has not heard yet would arrive after the choice of another
  // student, and change that student's case. So a choice, a button and a file wait for the answer to
  // what was done before them; meanwhile nothing else can be moved.
  const held = [];
  let releasing = false;
  const hold = (e, act) => {
    if (releasing || !(held.length || waits())) return false;
    e.stopImmediatePropagation();
    e.preventDefault();
    // Of a menu that is walked through by its keys, the last choice counts.
    if (e.type === "change" && held.at(-1)?.from === e.target) held.pop();
    held.push({ from: e.target, act });
    return true;
  };
  const release = () => {
    releasing = true;
    held.shift().act();
    releasing = false;
    look();
  };
  heard("change", (e) => {
    const choice = within(e.target, "select");
    if (!choice) return;
    const words = choice.selectedOptions[0]?.text;
    hold(e, () => {
      const at = [...choice.options].findIndex((option) => option.text === words);
      if (at < 0) return;
      choice.selectedIndex = at;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
  heard("click", (e) => {
    const button = within(e.target, "button.jupyter-button:not(.widget-upload)");
    if (button) hold(e, () => button.click());
  });
  for (const kind of ["keydown", "pointerdown", "mousedown", "click", "input", "change"]) {
    heard(kind, (e) => {
      if (!held.length || releasing || e.key === "Tab" || !within(e.target, ".cs-side, .cs-main input, .cs-list table")) return;
      e.stopImmediatePropagation();
      e.preventDefault();
    });
  }
  let sliding = false;
  heard("keydown", (e) => { if (within(e.target, "[role=slider]") && /^(Arrow|Page|Home|End)/.test(e.key)) ask(); });
  heard("pointerdown", (e) => { sliding = Boolean(within(e.target, ".noUi-target")); if (sliding) ask(); });
  heard("pointermove", () => { if (sliding && model.get("answered") >= asked) ask(); });
  heard("pointerup", () => { if (sliding) { sliding = false; ask(); } });
  // A click on a program counts for the one that was under the pointer when it went down, even if
  // the table is drawn anew before it comes up.
  const program = (e) => {
    const row = within(e.target, ".cs-list table.dataTable tbody tr");
    return row && row.cells.length > 1 ? row.cells[row.cells.length - 1].textContent : "";
  };
  let down = null, picks = 0;
  heard("pointerdown", (e) => { down = { id: program(e), x: e.clientX, y: e.clientY }; });
  heard("pointercancel", () => { down = null; }); // a thumb that scrolls
  heard("pointerup", (e) => {
    if (down && down.id && Math.hypot(e.clientX - down.x, e.clientY - down.y) < 10) {
      picks += 1;
      model.set("picked", [down.id, picks]);
      ask();
    }
    down = null;
  });
  heard("click", (e) => { if (within(e.target, "button, .lm-TabBar-tab")) ask(); });
  heard("change", (e) => {
    if (within(e.target, "input, select, textarea")) ask();
  });
  // The table forgets how it was sorted and searched when it is made again.
  const kept = () => {
    const by = document.querySelector(".cs-list .dt-scroll-head th:is([aria-sort=ascending], [aria-sort=descending])");
    const search = document.querySelector(".cs-list .dt-search input");
    model.set("sorted", by ? [by.textContent.trim(), by.getAttribute("aria-sort").slice(0, -6)] : []);
    if (search) model.set("searched", search.value);
    model.save_changes();
  };
  for (const kind of ["click", "keyup", "input"]) {
    heard(kind, (e) => { if (within(e.target, ".cs-list :is(th, .dt-search)")) setTimeout(kept, 50); });
  }
  // A file button opens a field that stands outside of the document: what it chooses is weighed
  // before it is read, since a message that is too long would close the connection without a word.
  const open = HTMLInputElement.prototype.click;
  const weigh = (e) => {
    if (hold(e, () => e.target.dispatchEvent(new Event("change")))) return;
    const large = [...e.target.files].find((file) => file.size > model.get("most_bytes"));
    if (large) {
      e.stopImmediatePropagation();
      model.set("refused", [large.name, large.size, Date.now()]);
      model.save_changes();
    } else {
      handed += 1;
      look();
    }
  };
  HTMLInputElement.prototype.click = function () {
    if (this.type === "file" && !this.isConnected) this.addEventListener("change", weigh, { capture: true });
    return open.call(this);
  };

  model.on("change:answered", look);
  model.on("change:busy", look);
  model.on("change:taken", look);
  model.on("change:kept", () => store.write(model.get("kept")));
  const watch = new MutationObserver(() => pages().forEach(named));
  watch.observe(document.body, { childList: true, subtree: true });
  pages().forEach(named);
  model.set("opened", store.read());
  ask();
  return () => { ended.abort(); watch.disconnect(); HTMLInputElement.prototype.click = open; };
}

export default { render };
