// A shared computer that nobody uses: a warning a minute before, then the session ends.

const WARNING_SECONDS = 60
// The server hears of somebody who types or reads about as often as it writes it down.
const PINGS = 10
const TICK_MS = 500
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input", "scroll"]

const line = document.getElementById("shared-computer")
const idleMs = Number(line.dataset.idleSeconds) * 1000
const warningMs = Math.min(WARNING_SECONDS * 1000, idleMs / 2)
const signOut = line.querySelector("form")
const tabs = new BroadcastChannel("shared computer")

let usedAt = Date.now()
let heardAt = Date.now()
let over = false

const make = (tag, attributes = {}, text = "") => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.textContent = text
  return element
}

const dialog = make("dialog", { class: "warning", "aria-labelledby": "warning-heading", "aria-describedby": "warning-words" })
const words = make("p", { id: "warning-words" })
const stay = make("button", { type: "button", class: "nhsuk-button", autofocus: "" }, "I am still here")
const leave = make("button", { type: "button", class: "nhsuk-button nhsuk-button--secondary" }, "Sign out now")
const actions = make("div", { class: "actions" })
actions.append(stay, leave)
dialog.append(make("h2", { id: "warning-heading" }, "Are you still there?"), words, actions)
document.body.append(dialog)

const end = (because) => {
  if (over) return
  over = true
  if (because) signOut.append(make("input", { type: "hidden", name: "because", value: because }))
  tabs.postMessage("over")
  signOut.submit()
}

const tellServer = async () => {
  heardAt = Date.now()
  try {
    const answer = await fetch("/me/still-here", { cache: "no-store", redirect: "manual" })
    // Ended on the server, or signed out in another tab.
    if (answer.status !== 204) location.assign("/sign-in")
  } catch {
    // No network for a moment: the next sign of life tries again.
    heardAt = 0
  }
}

const alive = () => {
  const now = Date.now()
  // A moving pointer says so many times a second.
  if (over || dialog.open || now - usedAt < TICK_MS) return
  usedAt = now
  tabs.postMessage("alive")
}

const goOn = () => {
  dialog.close()
  usedAt = Date.now()
  tabs.postMessage("alive")
  tellServer()
}

const told = (left) => {
  const seconds = Math.ceil(left / 1000)
  // Read out when it opens; a screen reader need not hear every second.
  words.textContent = `Nobody has used this page for a while. We sign you out in ${seconds} ${seconds === 1 ? "second" : "seconds"}. What you have typed here and not sent is lost then.`
}

const tick = () => {
  // By the clock, not by counting: a computer that slept has been left alone too.
  const left = idleMs - (Date.now() - usedAt)
  if (usedAt > heardAt && Date.now() - heardAt > idleMs / PINGS) tellServer()
  if (left <= 0) end("idle")
  else if (left <= warningMs) {
    told(left)
    if (!dialog.open) dialog.showModal()
  } else if (dialog.open) dialog.close()
}

for (const type of SIGNS_OF_LIFE) document.addEventListener(type, alive, { passive: true, capture: true })
stay.addEventListener("click", goOn)
dialog.addEventListener("cancel", (event) => {
  event.preventDefault()
  goOn()
})
leave.addEventListener("click", () => end(""))
tabs.addEventListener("message", (event) => {
  if (event.data === "over") location.replace("/sign-in")
  else usedAt = Date.now()
})
// What the browser kept to go back to is not for whoever sits here now.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload() })
setInterval(tick, TICK_MS)
