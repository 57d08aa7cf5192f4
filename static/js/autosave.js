// Keeps what is typed into `form[data-autosave]` on the server, and says so under the form. What
// cannot be kept there stays on this device (see data-draft-key in app.js), unless it is shared.

const QUIET_MS = 2000
const RETRY_MS = 15000
// A browser lets no more than 64 KB outlive its page.
const MOST_BYTES = 60000
const DRAFT = "draft:"

const shared = document.getElementById("shared-computer")

const typed = (form) => {
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "csrf_token") fields.append(name, value)
  }
  return fields.toString()
}

const words = {
  waiting: "Choose above what to do with your unsaved changes. Until then, what you type here is not kept.",
  offline: shared
    ? "Not saved: we cannot reach the site. Do not close this page. We go on trying."
    : "Not saved on the site: we cannot reach it. Your text is kept on this device, and we go on trying.",
  signedOut: shared
    ? "Not saved: you are signed out. Copy your text before you leave this page, then sign in again."
    : "Not saved on the site: you are signed out. Your text is kept on this device: sign in again and come back.",
  refused: "Not saved by itself. Your text is still here: save it with the button.",
}

const equip = (form) => {
  const status = document.createElement("p")
  status.className = "autosave muted small"
  status.setAttribute("role", "status")
  const place = form.querySelector("[data-autosave-says]") ?? form
  place.append(status)
  const offer = [...document.querySelectorAll("[data-draft-offer]")].find(
    (notice) => form.dataset.autosave.endsWith(`/${notice.dataset.draftOffer}`)
  )
  const isWaiting = offer && !offer.hasAttribute("data-draft-in-use")
  // A form that came back with errors holds what is kept nowhere yet.
  let kept = form.querySelector(".nhsuk-error-message") ? "" : typed(form)
  let timer
  let sending = false
  let sentLast
  let isOver = false

  const say = (text) => {
    // A screen reader hears only what changed.
    if (status.textContent !== text) status.textContent = text
  }

  const forgetHere = () => {
    try {
      if (form.dataset.draftKey) localStorage.removeItem(DRAFT + form.dataset.draftKey)
    } catch {
      // Nothing was kept.
    }
  }

  const took = async (response, fields) => {
    if (response.ok) {
      kept = fields
      const answer = document.createElement("template")
      answer.innerHTML = await response.text()
      say(answer.content.textContent.trim())
      moveTo(answer.content.querySelector("[data-address]"))
      if (typed(form) === fields) forgetHere()
    } else if (response.type === "opaqueredirect" || response.status === 401) say(words.signedOut)
    else if (response.status >= 500 || response.status === 429) {
      say(words.offline)
      later(RETRY_MS)
    } else say(await whyRefused(response))
  }

  // What began as a new thing has a place of its own once it is saved.
  const moveTo = (place) => {
    if (!place || form.dataset.autosave === place.dataset.autosave) return
    form.dataset.autosave = place.dataset.autosave
    history.replaceState(history.state, "", place.dataset.address)
  }

  const whyRefused = async (response) => {
    const answer = document.createElement("template")
    answer.innerHTML = [400, 409].includes(response.status) ? await response.text() : ""
    const why = answer.content.querySelector("p")?.textContent.trim()
    return why ? `Not saved by itself. ${why}` : words.refused
  }

  const send = async ({ leaving = false } = {}) => {
    clearTimeout(timer)
    const fields = typed(form)
    // Hiding a page and leaving it come one after the other.
    if (isOver || fields === kept || (leaving && fields === sentLast)) return
    if (sending && !leaving) {
      later(QUIET_MS)
      return
    }
    sending = true
    sentLast = fields
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { "X-CSRFToken": form.elements.csrf_token.value, "HX-Request": "true" },
        redirect: "manual",
        keepalive: leaving && fields.length < MOST_BYTES,
      })
      if (!isOver) await took(response, fields)
    } catch {
      sentLast = undefined
      say(words.offline)
      later(RETRY_MS)
    } finally {
      sending = false
    }
  }

  const later = (wait) => {
    clearTimeout(timer)
    timer = setTimeout(send, wait)
  }

  const changed = () => {
    if (isWaiting) say(words.waiting)
    else later(QUIET_MS)
  }

  form.addEventListener("input", changed)
  form.addEventListener("change", changed)
  form.addEventListener("submit", (event) => {
    // What is sent now is saved by it, and must not come back as unsaved.
    if (!event.defaultPrevented) isOver = true
    clearTimeout(timer)
  })
  if (isWaiting) return
  if (!kept) later(QUIET_MS)
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send({ leaving: true })
  })
  window.addEventListener("pagehide", () => send({ leaving: true }))
  window.addEventListener("online", () => send())
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) isOver = false
  })
}

document.querySelectorAll("form[data-autosave]").forEach(equip)
