// The answers by key, as long as the focus is on one of their buttons; a key brings the focus back there.

const KEYS = { ArrowUp: "u", ArrowDown: "d", ArrowRight: "s" }
const BY_KEY = "one-minute-by-key"
const acts = document.getElementById("acts")
const hint = document.getElementById("minute-keys")

if (hint) hint.hidden = false

acts?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const key = KEYS[event.key] ?? event.key.toLowerCase()
  const button = acts.querySelector(`[data-key="${CSS.escape(key)}"]`)
  if (!button) return
  event.preventDefault()
  button.click()
})

try {
  // Whoever pressed a button by key goes on there; the page itself is announced by its title.
  // To a finger or a mouse no answer is held out before the others.
  let byKey = false
  acts?.addEventListener("keydown", () => { byKey = true }, { capture: true })
  acts?.addEventListener("pointerdown", () => { byKey = false })
  acts?.addEventListener("submit", () => {
    if (byKey) sessionStorage.setItem(BY_KEY, "yes")
    else sessionStorage.removeItem(BY_KEY)
  })
  if (sessionStorage.getItem(BY_KEY)) acts?.querySelector("button").focus({ preventScroll: true })
} catch {
  // Without storage the focus starts at the top, as on any page.
}
