// What makes the pages quicker and kinder. Everything here works without it, only with more steps.

const DRAFT_DAYS = 14
const TOAST_SECONDS = 8
const BUSY_SECONDS = 10
const DRAFT = "draft:"
const shared = document.getElementById("shared-computer")
const SENT = "draft-sent"

document.documentElement.classList.add("js-enabled")
document.body.classList.add("js-enabled")

const make = (tag, attributes = {}, text = "") => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.textContent = text
  return element
}

const icon = (name) => {
  // Not every page has an icon of its own to take the sheet from.
  const sheet = toasts?.dataset.icons ?? ""
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use")
  svg.setAttribute("class", "icon")
  svg.setAttribute("aria-hidden", "true")
  use.setAttribute("href", `${sheet}#${name}`)
  svg.append(use)
  return svg
}

// Toasts and what a screen reader is told

const toasts = document.getElementById("toasts")
const announcer = document.getElementById("announcer")

const announce = (words) => {
  announcer.textContent = ""
  setTimeout(() => { announcer.textContent = words }, 60)
}

const equip = (toast) => {
  const close = make("button", { type: "button", "aria-label": "Dismiss" })
  close.append(icon("close"))
  close.addEventListener("click", () => toast.remove())
  toast.append(close)
  if (toast.matches(".toast--error, .toast--danger, .toast--warning")) return
  let timer
  const start = () => { timer = setTimeout(() => toast.remove(), TOAST_SECONDS * 1000) }
  for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, () => clearTimeout(timer))
  for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, start)
  start()
}

const showToast = (words, category = "success") => {
  const toast = make("div", { class: `toast toast--${category}` })
  toast.append(make("p", {}, words))
  toasts.append(toast)
  equip(toast)
}

if (toasts) {
  const waiting = [...toasts.children]
  waiting.forEach(equip)
  // A live region is only read when it changes, and these came with the page.
  if (waiting.length) announce(waiting.map((toast) => toast.textContent.trim()).join(". "))
}

// A screen reader reads the title of a page first.
if (document.querySelector(".nhsuk-error-summary")) document.title = `Error: ${document.title}`

document.addEventListener("toast", (event) => showToast(event.detail.message, event.detail.category))

// Votes

const tell = (form) => {
  const [up, down] = form.querySelectorAll(".vote__button")
  if (!up) return
  const pressed = (button) => button?.getAttribute("aria-pressed") === "true"
  // A hidden count is no text after the words that only a screen reader hears.
  const count = (button, way) => (button?.lastChild.nodeType === Node.TEXT_NODE ? `${button.lastChild.textContent.trim()} ${way}` : "")
  const what = pressed(up) ? "Thumb up counted" : pressed(down) ? "Thumb down counted" : "Vote withdrawn"
  const counts = [count(up, "up"), count(down, "down")].filter(Boolean).join(", ")
  announce(counts ? `${what}. ${counts}.` : `${what}.`)
}

// What is wrong with a text stands beside it as well, until it is sent.
const sayBeside = (form, words) => {
  const field = form?.matches("form") && form.querySelector("textarea")
  if (!field) return
  const id = `${field.id}-error`
  const said = document.getElementById(id) ?? make("p", { class: "nhsuk-error-message", id })
  said.replaceChildren(make("span", { class: "nhsuk-u-visually-hidden" }, "Error: "), words)
  field.before(said)
  field.classList.add("nhsuk-textarea--error")
  field.closest(".nhsuk-form-group")?.classList.add("nhsuk-form-group--error")
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id)
  field.setAttribute("aria-describedby", [...described, id].join(" "))
}

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail
  const response = ctx.response.raw
  const signIn = response.headers.get("HX-Redirect") ?? (response.redirected && response.url)
  // What is asked while somebody types helps them; its failure never takes the page that they type on away.
  const typing = ctx.sourceElement?.getAttribute("hx-trigger")?.startsWith("input")
  if (typing && (signIn || response.status >= 400)) {
    event.preventDefault()
  } else if (signIn) {
    // Signed out meanwhile: the sign-in page belongs in the window, not in the place of a vote.
    event.preventDefault()
    location.assign(signIn)
  } else if (response.status >= 400) {
    event.preventDefault()
    const page = new DOMParser().parseFromString(ctx.text, "text/html")
    const main = page.querySelector("main") ?? page.body
    const words = ["h1", "p"].map((tag) => main.querySelector(tag)?.textContent.trim())
    const said = words.filter(Boolean).join(". ") || "That did not work. Load the page again and retry."
    showToast(said, "error")
    sayBeside(ctx.sourceElement, said)
  } else if (ctx.sourceElement?.dataset.draftKey) {
    forget(ctx.sourceElement.dataset.draftKey)
  }
})

document.addEventListener("htmx:error", () => showToast("We could not reach the site. Try again in a moment.", "error"))

document.addEventListener("htmx:after:swap", (event) => {
  const id = event.detail.ctx.sourceElement.id
  const form = id && document.getElementById(id)
  if (form?.matches(".vote")) tell(form)
})

// Pictures of other things, which not everybody who reads a text may see: their words stand in their place

const sayInstead = (picture) => {
  if (picture.alt) picture.replaceWith(make("span", { class: "muted" }, `Picture not shown: ${picture.alt}`))
  else picture.remove()
}

document.addEventListener("error", (event) => {
  if (event.target.matches?.(".prose img")) sayInstead(event.target)
}, true)

for (const picture of document.querySelectorAll(".prose img")) {
  if (picture.complete && !picture.naturalWidth) sayInstead(picture)
}

// One press, one submission

document.addEventListener("submit", (event) => {
  const form = event.target
  if (event.defaultPrevented || form.hasAttribute("hx-post")) return
  if (form.dataset.busy) {
    event.preventDefault()
    return
  }
  form.dataset.busy = "true"
  // A file comes without another page, and the next may be wanted at once.
  const seconds = form.matches("[action$='/export']") ? 1 : BUSY_SECONDS
  setTimeout(() => delete form.dataset.busy, seconds * 1000)
})

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy]")) delete form.dataset.busy
})

// Where the places of a section do not fit, the current one is in view

for (const current of document.querySelectorAll(".subnav [aria-current]")) {
  const list = current.closest("ul")
  list.scrollLeft = current.getBoundingClientRect().left - list.getBoundingClientRect().left - 48
}

// Menus close when something else is pressed

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false
  }
})

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return
  for (const menu of document.querySelectorAll(".menu[open]")) {
    menu.open = false
    menu.querySelector("summary").focus()
  }
})

// Markdown toolbar and preview

const lines = (text, mark) => text.split("\n").map((line) => mark + line).join("\n")

const TOOLS = [
  ["Bold", (text) => ["**", text || "bold text", "**"]],
  ["Italic", (text) => ["_", text || "italic text", "_"]],
  ["List", (text) => ["", lines(text || "First point", "- "), ""], true],
  ["Quote", (text) => ["", lines(text || "Their words", "> "), ""], true],
  ["Link", (text) => ["[", text || "words of the link", "](https://)"]]
]

const apply = (area, wrap, wholeLines) => {
  let { selectionStart: start, selectionEnd: end, value } = area
  if (wholeLines) {
    start = value.lastIndexOf("\n", start - 1) + 1
    end = (value + "\n").indexOf("\n", end)
  }
  let [before, text, after] = wrap(value.slice(start, end))
  // Markdown wants an empty line between a paragraph and what follows it.
  if (wholeLines && start > 1 && value[start - 2] !== "\n") before = "\n"
  area.focus()
  area.setRangeText(before + text + after, start, end, "end")
  area.setSelectionRange(start + before.length, start + before.length + text.length)
  area.dispatchEvent(new Event("input", { bubbles: true }))
}

const fetchPreview = async (area) => {
  const body = new FormData()
  body.append("csrf_token", area.form.elements.csrf_token.value)
  body.append("text", area.value)
  if (area.dataset.pictures) body.append("pictures", "yes")
  const response = await fetch(area.dataset.editor, { method: "POST", body })
  if (!response.ok || response.redirected) throw new Error("No preview")
  return response.text()
}

const equipEditor = (area) => {
  const bar = make("div", { class: "toolbar", role: "group", "aria-label": "Formatting" })
  const tools = TOOLS.map(([words, wrap, wholeLines]) => {
    const button = make("button", { type: "button" }, words)
    button.addEventListener("click", () => apply(area, wrap, wholeLines))
    return button
  })
  const toggle = make("button", { type: "button", class: "toolbar__preview", "aria-pressed": "false" }, "Preview")
  const pane = make("div", { class: "preview prose", tabindex: "0", role: "region", "aria-label": "Preview", hidden: "" })
  toggle.addEventListener("click", async () => {
    const showing = toggle.getAttribute("aria-pressed") === "true"
    if (!showing) {
      try {
        pane.innerHTML = (await fetchPreview(area)) || "<p>Nothing to preview yet.</p>"
      } catch {
        showToast("The preview is not available. What you wrote is safe.", "error")
        return
      }
    }
    toggle.setAttribute("aria-pressed", String(!showing))
    area.hidden = !showing
    pane.hidden = showing
    tools.forEach((tool) => { tool.disabled = !showing })
    announce(showing ? "Back to writing" : "Preview shown")
  })
  bar.append(...tools, toggle)
  area.before(bar)
  area.after(pane)
}

document.querySelectorAll("textarea[data-editor]").forEach(equipEditor)

// Drafts, kept on this device until what they hold has been sent

const fieldsOf = (form) => [...form.elements].filter((field) => field.matches("textarea, input[type=text]") && field.name)

const stored = (key) => {
  try {
    return JSON.parse(localStorage.getItem(DRAFT + key))
  } catch {
    return null
  }
}

const keep = (form) => {
  const values = {}
  for (const field of fieldsOf(form)) {
    if (field.value !== field.defaultValue) values[field.name] = [field.value, field.defaultValue]
  }
  const key = DRAFT + form.dataset.draftKey
  try {
    if (Object.keys(values).length) localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }))
    else localStorage.removeItem(key)
  } catch {
    // No room or not allowed here: the form still works, it is only not kept.
  }
}

const bringBack = (form) => {
  const draft = stored(form.dataset.draftKey)
  if (!draft) return
  const changed = fieldsOf(form).filter((field) => {
    const [value, was] = draft.values[field.name] ?? []
    // A page that already carries another text, as after a failed check, knows better.
    if (value === undefined || was !== field.defaultValue || field.value !== field.defaultValue) return false
    field.value = value
    field.dispatchEvent(new Event("input", { bubbles: true }))
    return true
  })
  if (!changed.length) return
  const notice = make("div", { class: "notice", role: "status" })
  const discard = make("button", { type: "button", class: "link-button" }, "Discard it")
  const words = make("p", {}, "We brought back what you wrote here before. ")
  words.append(discard)
  notice.append(words)
  discard.addEventListener("click", () => {
    for (const field of changed) field.value = field.defaultValue
    localStorage.removeItem(DRAFT + form.dataset.draftKey)
    notice.remove()
    changed[0].focus()
  })
  form.prepend(notice)
}

const forget = (key) => {
  try {
    localStorage.removeItem(DRAFT + key)
    sessionStorage.removeItem(SENT)
  } catch {
    // Nothing was kept.
  }
}

const tidyDrafts = () => {
  const sent = sessionStorage.getItem(SENT)
  sessionStorage.removeItem(SENT)
  if (sent && document.querySelector(".toast--success")) localStorage.removeItem(DRAFT + sent)
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(DRAFT))) {
    const draft = stored(key.slice(DRAFT.length))
    if (!draft || Date.now() - draft.at > DRAFT_DAYS * 86400000) localStorage.removeItem(key)
  }
}

const forgetDrafts = () => {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(DRAFT))) localStorage.removeItem(key)
}

const equipDrafts = () => {
  if (shared) {
    // Others sit here: nothing that is typed is kept, and nothing of before comes back.
    forgetDrafts()
    return
  }
  tidyDrafts()
  for (const form of document.querySelectorAll("form[data-draft-key]")) {
    bringBack(form)
    let timer
    form.addEventListener("input", () => {
      clearTimeout(timer)
      timer = setTimeout(() => keep(form), 400)
    })
    form.addEventListener("submit", () => {
      clearTimeout(timer)
      keep(form)
      sessionStorage.setItem(SENT, form.dataset.draftKey)
    })
  }
  // Shared computers: the next person must not find what this one wrote.
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", forgetDrafts)
}

try {
  equipDrafts()
} catch {
  // A browser that forbids storage keeps no drafts.
}

// Passwords can be looked at while they are typed

for (const input of document.querySelectorAll("input[type=password]")) {
  const button = make("button", { type: "button", class: "link-button", "aria-controls": input.id })
  const show = (shown) => {
    input.type = shown ? "text" : "password"
    button.textContent = shown ? "Hide password" : "Show password"
    button.setAttribute("aria-label", `${button.textContent}: ${input.labels[0].textContent.trim()}`)
  }
  show(false)
  button.addEventListener("click", () => {
    show(input.type === "password")
    announce(input.type === "text" ? "Your password is shown" : "Your password is hidden")
  })
  // Sent as text, a browser would offer it again in other boxes.
  input.form.addEventListener("submit", () => show(false))
  input.after(button)
}

// The / key brings a person to the search from anywhere but a control, unless they turned it off

const SLASH = "slash-off"
// On a phone there is no such key, and nothing to say of it.
const onPhone = matchMedia("(max-width: 767px) and (hover: none) and (pointer: coarse)").matches
const slashIsOff = () => {
  try {
    return onPhone || localStorage.getItem(SLASH) === "yes"
  } catch {
    return false
  }
}
const findSearch = () => [...document.querySelectorAll("#search-words, #header-search")].find((input) => input.offsetParent)

const slashHint = document.getElementById("slash-hint")
const slashToggle = document.getElementById("slash-toggle")
const showSlash = () => {
  const off = slashIsOff()
  const input = findSearch()
  if (off) input?.removeAttribute("aria-keyshortcuts")
  else input?.setAttribute("aria-keyshortcuts", "/")
  if (!slashHint) return
  slashHint.firstElementChild.textContent = off ? "The / key does nothing." : "Anywhere on the site, the / key brings you to the search."
  slashToggle.textContent = off ? "Let it bring me to the search" : "Turn this off"
}
if (slashHint) {
  slashHint.hidden = onPhone
  slashToggle.addEventListener("click", () => {
    try {
      if (slashIsOff()) localStorage.removeItem(SLASH)
      else localStorage.setItem(SLASH, "yes")
    } catch {
      // Nothing can be kept here, so nothing changes.
    }
    showSlash()
  })
}
showSlash()

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || slashIsOff()) return
  const focused = document.activeElement
  if (focused && focused !== document.body && focused.matches("input, textarea, select, button, summary, [contenteditable], [role=textbox]")) return
  const input = findSearch()
  const link = document.querySelector(".header__find, .bar a[href='/search']")
  if (!input && !link) return
  event.preventDefault()
  if (input) {
    input.focus()
    input.select()
  } else link.click()
})
