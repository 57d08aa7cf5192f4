// Pictures in a text: by a button, by paste and by drop. Each is asked for its words before it goes in.

const MOST_BYTES = 10 * 1024 * 1024
const TOO_HEAVY = "The picture must be smaller than 10 MB. Save a smaller copy and choose that"

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

const group = (field, label, hint) => {
  const error = make("span", { id: `${field.id}-error`, class: "nhsuk-error-message", hidden: "" })
  field.setAttribute("aria-describedby", `${field.id}-hint ${field.id}-error`)
  return make("div", { class: "nhsuk-form-group" },
    make("label", { class: "nhsuk-label nhsuk-label--s", for: field.id }, label),
    make("div", { id: `${field.id}-hint`, class: "nhsuk-hint" }, hint),
    error, field)
}

const buildDialog = () => {
  const file = make("input", { id: "picture-file", type: "file", class: "nhsuk-input", accept: "image/jpeg,image/png,image/webp,image/gif" })
  const words = make("input", { id: "picture-words", type: "text", class: "nhsuk-input", maxlength: "300", autocomplete: "off" })
  const decoration = make("input", { id: "picture-decoration", type: "checkbox", class: "nhsuk-checkboxes__input" })
  const shown = make("img", { class: "picture-dialog__shown", alt: "The picture you chose", hidden: "" })
  const progress = make("progress", { max: "100", "aria-label": "Sending the picture", hidden: "" })
  const status = make("p", { class: "muted small", role: "status" })
  const problem = make("p", { class: "nhsuk-error-message", role: "alert" })
  const send = make("button", { type: "submit", class: "nhsuk-button" }, "Add picture")
  const cancel = make("button", { type: "button", class: "nhsuk-button nhsuk-button--secondary" }, "Cancel")
  const form = make("form", { class: "form", novalidate: "" },
    make("h2", { id: "picture-title" }, "Add a picture"),
    problem,
    group(file, "Picture", "JPEG, PNG or WebP, up to 10 MB. The place and time that a camera writes into it are not kept"),
    shown,
    group(words, "What does it show?", "People who cannot see it hear this instead"),
    make("div", { class: "nhsuk-checkboxes nhsuk-checkboxes--small nhsuk-form-group" },
      make("div", { class: "nhsuk-checkboxes__item" }, decoration,
        make("label", { class: "nhsuk-label nhsuk-checkboxes__label", for: decoration.id }, "It is only decoration"))),
    progress, status,
    make("div", { class: "actions" }, send, cancel))
  const dialog = make("dialog", { class: "picture-dialog", "aria-labelledby": "picture-title" }, form)
  document.body.append(dialog)
  return { dialog, form, file, words, decoration, shown, progress, status, problem, send, cancel }
}

let parts
let asking // What is being added: { area, start, end, chosen, waiting, request }

const showError = (field, words) => {
  const error = document.getElementById(`${field.id}-error`)
  error.textContent = words
  error.hidden = !words
  error.parentElement.classList.toggle("nhsuk-form-group--error", Boolean(words))
  field.toggleAttribute("aria-invalid", Boolean(words))
}

const showErrors = ({ file = "", words = "", problem = "" } = {}) => {
  showError(parts.file, file)
  showError(parts.words, words)
  parts.problem.textContent = problem
  if (words) parts.words.focus()
  if (file) parts.file.focus()
}

const choose = (picture) => {
  asking.chosen = picture
  showErrors(picture && picture.size > MOST_BYTES ? { file: TOO_HEAVY } : {})
  parts.shown.hidden = true
  if (!picture) return
  const reader = new FileReader()
  reader.addEventListener("load", () => {
    if (asking?.chosen !== picture) return
    parts.shown.src = reader.result
    parts.shown.hidden = false
  })
  parts.shown.addEventListener("error", () => { parts.shown.hidden = true }, { once: true })
  reader.readAsDataURL(picture)
}

const setBusy = (isBusy) => {
  for (const field of [parts.file, parts.decoration, parts.send]) field.disabled = isBusy
  parts.words.disabled = isBusy || parts.decoration.checked
  parts.progress.hidden = !isBusy
  if (!isBusy) parts.status.textContent = ""
}

const insert = (markdown) => {
  const { area } = asking
  const before = area.value.slice(0, asking.start)
  const after = area.value.slice(asking.end)
  // A picture stands in a paragraph of its own.
  const gap = (text, isThere) => (isThere ? "" : text && text !== "\n" ? "\n\n" : "")
  const text = gap(before, before.endsWith("\n\n")) + markdown + gap(after || "\n\n", after.startsWith("\n\n"))
  area.setRangeText(text, asking.start, asking.end, "end")
  asking.start = asking.end = area.selectionEnd
  area.dispatchEvent(new Event("input", { bubbles: true }))
}

const close = () => {
  asking?.request?.abort()
  setBusy(false)
  parts.dialog.close()
}

const next = () => {
  const picture = asking.waiting.shift()
  if (!picture && asking.started) {
    close()
    return
  }
  asking.started = true
  setBusy(false)
  parts.form.reset()
  parts.words.disabled = false
  choose(picture)
  // What came by paste or drop is here already; only its words are missing.
  parts.file.closest(".nhsuk-form-group").hidden = Boolean(picture)
  const field = picture ? parts.words : parts.file
  field.focus()
}

const understood = (request) => {
  try {
    return JSON.parse(request.responseText)
  } catch {
    return null
  }
}

const answered = (request) => {
  const answer = understood(request)
  setBusy(false)
  if (request.status === 201 && answer) {
    insert(answer.markdown)
    const announcer = document.getElementById("announcer")
    if (announcer) announcer.textContent = "Picture added"
    next()
  } else if (answer?.errors) {
    const first = (name) => answer.errors[name]?.[0] ?? ""
    parts.file.closest(".nhsuk-form-group").hidden = false
    showErrors({ file: first("picture"), words: first("alternative_text"), problem: answer.problem })
  } else if (request.status === 413) {
    parts.file.closest(".nhsuk-form-group").hidden = false
    showErrors({ file: TOO_HEAVY })
  } else if (request.status < 500) {
    // Not one of its own answers: the way to signing in, or that the page is too old.
    showErrors({ problem: "You are signed out, so the picture was not sent. Close this and save what you wrote with its button: you are asked to sign in, and your text comes with you." })
  } else {
    showErrors({ problem: "The picture could not be taken just now. It is still here: try again in a moment." })
  }
}

const send = () => {
  const words = parts.words.value.trim()
  const faults = {}
  if (!asking.chosen) faults.file = "Choose a picture"
  else if (asking.chosen.size > MOST_BYTES) faults.file = TOO_HEAVY
  if (!words && !parts.decoration.checked) faults.words = "Say what the picture shows, or tick that it is only decoration"
  showErrors(faults)
  if (faults.file || faults.words) return
  const body = new FormData()
  body.append("picture", asking.chosen)
  body.append("alternative_text", words)
  if (parts.decoration.checked) body.append("decoration", "y")
  const request = new XMLHttpRequest()
  asking.request = request
  request.open("POST", asking.area.dataset.pictures)
  request.setRequestHeader("Accept", "application/json")
  request.setRequestHeader("X-CSRFToken", asking.area.form.elements.csrf_token.value)
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable && event.loaded < event.total) {
      parts.progress.value = Math.floor((100 * event.loaded) / event.total)
      return
    }
    // Everything is sent; how long the site takes with it is not known.
    parts.progress.removeAttribute("value")
    parts.status.textContent = "Sent. The picture is being prepared."
  })
  request.addEventListener("load", () => answered(request))
  request.addEventListener("error", () => {
    setBusy(false)
    showErrors({ problem: "We could not reach the site. The picture is still here: try again in a moment." })
  })
  parts.status.textContent = "Sending the picture"
  parts.progress.value = 0
  setBusy(true)
  request.send(body)
}

const open = (area, pictures = []) => {
  if (!parts) {
    parts = buildDialog()
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault()
      send()
    })
    parts.file.addEventListener("change", () => choose(parts.file.files[0]))
    parts.decoration.addEventListener("change", () => { parts.words.disabled = parts.decoration.checked })
    parts.cancel.addEventListener("click", close)
    // Escape as well.
    parts.dialog.addEventListener("close", () => {
      asking.request?.abort()
      const { area: written, end } = asking
      asking = null
      setBusy(false)
      written.focus()
      written.setSelectionRange(end, end)
    })
  }
  asking = { area, start: area.selectionStart, end: area.selectionEnd, waiting: [...pictures], chosen: null, request: null, started: false }
  parts.dialog.showModal()
  next()
}

const picturesOf = (transfer) => [...transfer.files].filter((file) => file.type.startsWith("image/"))
const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files")

const equip = (area) => {
  const bar = area.parentElement.querySelector(".toolbar")
  const button = make("button", { type: "button" }, "Picture")
  button.addEventListener("click", () => open(area))
  bar.querySelector(".toolbar__preview").before(button)
  new MutationObserver(() => { button.disabled = area.hidden }).observe(area, { attributeFilter: ["hidden"] })
  document.getElementById(`${area.id}-picture-page`)?.remove()

  area.addEventListener("paste", (event) => {
    const pictures = picturesOf(event.clipboardData)
    // Words that were copied from a document come with a picture of themselves.
    if (!pictures.length || event.clipboardData.getData("text/plain")) return
    event.preventDefault()
    open(area, pictures)
  })
  area.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    area.classList.add("takes-picture")
  })
  for (const type of ["dragleave", "drop"]) area.addEventListener(type, () => area.classList.remove("takes-picture"))
  area.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    const pictures = picturesOf(event.dataTransfer)
    if (pictures.length) open(area, pictures)
    else {
      const detail = { message: "Only pictures can go into the text: JPEG, PNG or WebP.", category: "error" }
      document.dispatchEvent(new CustomEvent("toast", { detail }))
    }
  })
}

document.querySelectorAll("textarea[data-pictures]").forEach(equip)

// A file let go beside the text would open in place of the page, and take what was typed with it.
for (const type of ["dragover", "drop"]) {
  document.addEventListener(type, (event) => {
    if (holdsFiles(event) && !event.target.closest("input[type=file]")) event.preventDefault()
  })
}
