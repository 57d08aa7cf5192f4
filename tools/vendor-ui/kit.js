// The kit's behaviours that our pages use; each finds its own elements.
import { CharacterCount } from "nhsuk-frontend/dist/nhsuk/components/character-count/character-count.mjs"
import { Checkboxes } from "nhsuk-frontend/dist/nhsuk/components/checkboxes/checkboxes.mjs"
import { ErrorSummary } from "nhsuk-frontend/dist/nhsuk/components/error-summary/error-summary.mjs"
import { Radios } from "nhsuk-frontend/dist/nhsuk/components/radios/radios.mjs"

document.body.classList.add("js-enabled", "nhsuk-frontend-supported")

for (const Component of [CharacterCount, Checkboxes, ErrorSummary, Radios]) {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    new Component(element)
  }
}
