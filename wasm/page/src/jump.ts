// Takes a person from a finding to its place and back. What was jumped to has the focus, so a keyboard goes on from there.

/** Shows the place of a finding. */
export function jumpTo(finding: number): void {
  show(document.querySelector<HTMLElement>(`mark[data-first][data-findings~="${finding}"]`));
}

/** Shows a finding. */
export function jumpToFinding(finding: number): void {
  show(document.getElementById(`finding-${finding}`));
}

export function jumpToField(field: string): void {
  const box = document.querySelector<HTMLElement>(`[data-field="${field}"]`);
  box?.closest("details")?.setAttribute("open", "");
  show(box?.querySelector<HTMLElement>("textarea, .binary") ?? null);
}

export function jumpToVerdict(): void {
  show(document.getElementById("verdict-title"), "start");
}

function show(element: HTMLElement | null, block: ScrollLogicalPosition = "center"): void {
  if (!element) return;
  element.focus({ preventScroll: true });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block, inline: "nearest", behavior: still ? "auto" : "smooth" });
  element.classList.remove("flash");
  // Reading a measure makes the browser take note that the class is gone, so that the animation starts anew.
  void element.offsetWidth;
  element.classList.add("flash");
}
