// One more empty box of a kind at a press; without it, saving gives more.

for (const set of document.querySelectorAll("[data-more-boxes]")) {
  const groups = () => [...set.querySelectorAll(".nhsuk-form-group")]
  const button = document.createElement("button")
  button.type = "button"
  button.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small"
  button.textContent = set.dataset.moreBoxes

  // The last box and the hidden field before it, with the next number in place of their own.
  const renumbered = (element, from, to) => {
    const copy = element.cloneNode(true)
    for (const node of [copy, ...copy.querySelectorAll("*")]) {
      for (const name of ["id", "name", "for"]) {
        const value = node.getAttribute(name)
        if (value) node.setAttribute(name, value.replace(`-${from}-`, `-${to}-`))
      }
    }
    return copy
  }

  button.addEventListener("click", () => {
    const last = groups().at(-1)
    const number = groups().length
    const hidden = last.previousElementSibling
    const id = renumbered(hidden, number - 1, number)
    const group = renumbered(last, number - 1, number)
    const input = group.querySelector("input")
    id.value = ""
    input.value = ""
    group.querySelectorAll(".nhsuk-error-message, .nhsuk-hint").forEach((words) => words.remove())
    input.removeAttribute("aria-describedby")
    group.querySelector("label").textContent = group.querySelector("label").textContent.replace(/\d+/, number + 1)
    last.after(id, group)
    input.focus()
    if (number + 1 >= Number(set.dataset.mostBoxes)) button.remove()
  })
  set.querySelector(".no-script").replaceWith(button)
}
