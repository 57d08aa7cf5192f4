// The board: how many are chosen, all at once, and from idea to idea by key while the table has the focus.

const form = document.getElementById("board")

if (form) {
  const table = form.querySelector("table")
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")]
  const bar = document.getElementById("board-bar")
  const count = document.getElementById("board-count")

  for (const id of ["board-keys", "board-bar"]) document.getElementById(id).hidden = false

  const all = document.createElement("input")
  all.type = "checkbox"
  const label = document.createElement("label")
  const words = document.createElement("span")
  words.className = "board__all"
  words.textContent = "Choose all on this page"
  label.append(all, words)
  const head = table.querySelector("thead th")
  head.classList.add("board__choose")
  // Narrow, the heads of the other columns are out of sight; this one can be pressed.
  head.closest("thead").classList.add("board__head")
  head.replaceChildren(label)

  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length
    // Nothing chosen: the bar covers nothing, and a screen reader still hears the count change.
    bar.classList.toggle("nhsuk-u-visually-hidden", !chosen)
    bar.querySelector("a").hidden = !chosen
    count.textContent = chosen === 1 ? "1 idea chosen" : `${chosen} ideas chosen`
    all.checked = chosen === boxes.length
    all.indeterminate = chosen > 0 && chosen < boxes.length
    for (const box of boxes) box.closest("tr").classList.toggle("is-chosen", box.checked)
  }

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked
    tell()
  })
  form.addEventListener("change", tell)

  const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const row = event.target.closest("tbody tr")
    const place = row ? boxes.findIndex((box) => row.contains(box)) : -1
    if (event.key in steps) {
      const box = boxes[Math.min(Math.max(place + steps[event.key], 0), boxes.length - 1)]
      box.focus()
      box.scrollIntoView({ block: "nearest" })
    } else if (event.key === "x" && place >= 0) {
      boxes[place].checked = !boxes[place].checked
      tell()
    } else {
      return
    }
    event.preventDefault()
  })
  tell()
}
