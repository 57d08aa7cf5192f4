// A button beside the link of an idea that copies it, and one that prints the page.

const make = (words) => {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small"
  button.textContent = words
  return button
}

const announcer = document.getElementById("announcer")

for (const box of document.querySelectorAll("[data-share]")) {
  const field = box.querySelector("input")
  const copy = make("Copy link")
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value)
      copy.textContent = "Copied"
      announcer.textContent = "Link copied"
    } catch {
      // Not allowed here: the link is chosen, ready to be copied by hand.
      field.select()
    }
    setTimeout(() => { copy.textContent = "Copy link" }, 4000)
  })
  const print = make("Print")
  print.addEventListener("click", () => window.print())
  box.append(copy, print)
}
