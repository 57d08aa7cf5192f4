// The kit's behaviours that our pages use; each finds its own elements.
import { CharacterCount } from "nhsuk-frontend/dist/nhsuk/components/character-count/character-count.mjs"

import { ErrorSummary } from "nhsuk-frontend/dist/nhsuk/components/error-summary/error-summary.mjs"

document.body.classList.add("js-enabled", "nhsuk-frontend-supported")

for (const Component of [CharacterCount, ErrorSummary]) {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    new Component(element)
  }
}
