// Offers colleagues who can see the challenge when @ and two letters are typed into a text area with
// `data-mentions`, its challenge's id. Without this script a whole name typed behind @ is understood.

const PAUSE_MS = 200
const TYPED = /(?:^|[\s(])@([\p{L}'’.-]{2,}(?: [\p{L}'’.-]*){0,2})$/u

const make = (tag, attributes, text = "") => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.textContent = text
  return element
}

const say = (words) => {
  const announcer = document.getElementById("announcer")
  if (announcer) announcer.textContent = words
}

const equip = (area) => {
  const id = `${area.id}-people`
  const list = make("ul", { id, class: "people", role: "listbox", "aria-label": "Colleagues", hidden: "" })
  area.after(list)
  area.setAttribute("aria-autocomplete", "list")
  area.setAttribute("aria-controls", id)
  let people = []
  let chosen = 0
  let timer
  let asked = ""

  const close = () => {
    list.hidden = true
    people = []
    area.removeAttribute("aria-activedescendant")
  }

  const choose = (place) => {
    chosen = (place + people.length) % people.length
    for (const [at, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(at === chosen))
    }
    area.setAttribute("aria-activedescendant", list.children[chosen].id)
    list.children[chosen].scrollIntoView({ block: "nearest" })
  }

  const typedNow = () => TYPED.exec(area.value.slice(0, area.selectionStart))?.[1]

  const insert = (person) => {
    const typed = typedNow()
    if (typed === undefined) return
    const end = area.selectionStart
    area.setRangeText(`@[${person.name}](member:${person.id}) `, end - typed.length - 1, end, "end")
    close()
    area.focus()
    area.dispatchEvent(new Event("input", { bubbles: true }))
    say(`${person.name} is mentioned`)
  }

  const show = (found) => {
    people = found
    list.replaceChildren(...found.map((person, at) => {
      const option = make("li", { role: "option", id: `${id}-${at}` }, person.name)
      if (person.organisation) option.append(" ", make("span", { class: "chip" }, person.organisation))
      // Before the text area loses the focus, and with it the place of the name.
      option.addEventListener("mousedown", (event) => event.preventDefault())
      option.addEventListener("click", () => insert(person))
      return option
    }))
    list.hidden = !found.length
    if (!found.length) return close()
    list.scrollIntoView({ block: "nearest" })
    choose(0)
    say(`${found.length} ${found.length === 1 ? "colleague" : "colleagues"}. Arrow keys choose, Enter takes.`)
  }

  const look = async () => {
    const typed = typedNow()
    asked = typed
    if (typed === undefined) return close()
    const query = new URLSearchParams({ challenge: area.dataset.mentions, q: typed })
    try {
      const response = await fetch(`/members/suggest?${query}`, { redirect: "error" })
      if (asked !== typed) return
      if (response.ok) show(await response.json())
      // Asked too often: the name can be typed in full.
      else close()
    } catch {
      close()
    }
  }

  area.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(look, PAUSE_MS)
  })
  area.addEventListener("blur", close)
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) choose(chosen + step)
    else if (event.key === "Enter" || event.key === "Tab") insert(people[chosen])
    else if (event.key === "Escape") close()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
}

const equipAll = () => document.querySelectorAll("textarea[data-mentions]:not([aria-controls])").forEach(equip)

equipAll()
const challenge = document.querySelector("textarea[data-mentions]")?.dataset.mentions
// A comment's form that was sent without leaving the page comes back new.
document.addEventListener("htmx:after:swap", () => {
  const area = document.querySelector("#comment-form textarea:not([data-mentions])")
  if (area && challenge) area.dataset.mentions = challenge
  equipAll()
})
