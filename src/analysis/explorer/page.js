// Gives sliders and their readouts the name that is written beside them, and lets a screen reader
// say new numbers. The widgets library does neither by itself; it also counts files that are gone.
(() => {
  const named = (page) => {
    for (const slider of page.querySelectorAll(".widget-slider, .widget-hslider")) {
      const label = slider.querySelector("label");
      const words = label ? label.textContent : "";
      const readout = slider.querySelector(".widget-readout");
      for (const handle of slider.querySelectorAll("[role=slider]")) {
        if (words && handle.getAttribute("aria-label") !== words) handle.setAttribute("aria-label", words);
      }
      if (readout && words && !readout.hasAttribute("aria-label")) {
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
    for (const live of page.querySelectorAll(".cs-numbers, .cs-said, .cs-saved")) {
      if (!live.hasAttribute("aria-live")) live.setAttribute("aria-live", "polite");
    }
  };
  const look = () => document.querySelectorAll(".cs-page").forEach(named);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();
})();
