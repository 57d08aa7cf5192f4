// Tells the site, once, that a person is at the page of an invitation. A mail filter that opens it,
// runs its scripts and presses its buttons does not stay at it.

const ENDURING_MS = 500
const SIGNS = ["pointermove", "pointerdown", "touchmove", "wheel", "keydown"]

const form = document.querySelector("form[data-opened]")
let first

const note = (event) => {
  if (!event.isTrusted) return
  first ??= event.timeStamp
  if (event.timeStamp - first < ENDURING_MS) return
  for (const sign of SIGNS) document.removeEventListener(sign, note)
  const headers = { "X-CSRFToken": form.elements.csrf_token.value }
  // Not worth a word to the person if it fails.
  fetch(form.dataset.opened, { method: "POST", headers, keepalive: true }).catch(() => {})
}

for (const sign of form ? SIGNS : []) document.addEventListener(sign, note, { passive: true })
