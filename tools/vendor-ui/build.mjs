// Compiles the kit into static/vendor. Run through build.sh.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import * as esbuild from "esbuild"
import postcss from "postcss"
import * as sass from "sass"

const target = "../../static/vendor"

// Rules for things our pages never show; without them the stylesheet halves.
const unused = new RegExp(
  [
    "--reverse", "nhsuk-card", "nhsuk-expander", "nhsuk-scroll", "nhsuk-link-image", "nhsuk-lede",
    "nhsuk-table", "nhsuk-tag", "--login", "nhsuk-button--brand", "nhsuk-link--", "nhsuk-list-panel",
    "nhsuk-u-padding", "nhsuk-u-static", "nhsuk-u-margin-(left|right|[0-9])", "nhsuk-u-margin-(top|bottom)-[7-9]",
    "nhsuk-section-break--xl", "__conditional--hidden", "nhsuk-pagination--numbered", "nhsuk-search-input", "search-cancel-button", "-ms-", "nhsuk-label--xl",
    "nhsuk-fieldset__legend--xl", "nhsuk-frontend-supported \\.nhsuk-tabs", "nhsuk-code", "nhsuk-grid-column-(one-quarter|three-quarters|one-half-from)"
  ].join("|")
)

// Colours that the kit fixes, and the custom property that takes their place.
const colours = {
  "#d5281c": "var(--error)",
  "#951c14": "var(--error)",
  "#007f3c": "var(--success)",
  "#006630": "var(--success)",
  "#00401e": "var(--success)",
  "#005eb8": "var(--action)",
  "#aeb7bd": "var(--border)",
  "#4c6272": "var(--muted)",
  "#d8dde0": "var(--tint)",
  "#fff9c4": "var(--notice)"
}

const slim = () => ({
  postcssPlugin: "slim",
  Once(root) {
    root.walkAtRules("media", (rule) => {
      if (rule.params.includes("\\0") || rule.params.includes("-ms-")) rule.remove()
    })
    root.walkRules((rule) => {
      if (rule.parent.name?.endsWith("keyframes")) return
      rule.selectors = rule.selectors.filter((selector) => !unused.test(selector)).length
        ? rule.selectors.filter((selector) => !unused.test(selector))
        : ["unused"]
      if (rule.selector === "unused") rule.remove()
    })
    root.walkDecls((declaration) => {
      for (const [from, to] of Object.entries(colours)) {
        declaration.value = declaration.value.replaceAll(from, to)
      }
      if (/^-(ms|moz)-/.test(declaration.prop)) declaration.remove()
    })
    root.walkAtRules((rule) => {
      if (rule.nodes && rule.nodes.length === 0) rule.remove()
    })
  }
})

mkdirSync(`${target}/nhsuk`, { recursive: true })
mkdirSync(`${target}/htmx`, { recursive: true })

const compiled = sass.compile("kit.scss", { loadPaths: ["node_modules"], quietDeps: true })
const slimmed = postcss([slim()]).process(compiled.css, { from: undefined }).css
const minified = await esbuild.transform(slimmed, { loader: "css", minify: true, target: "chrome90" })
const banner = "/*! nhsuk-frontend 10.6.1, MIT licence, see LICENCE.txt */\n"
writeFileSync(`${target}/nhsuk/nhsuk.css`, banner + minified.code)

await esbuild.build({
  entryPoints: ["kit.js"],
  outfile: `${target}/nhsuk/nhsuk.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  banner: { js: banner.trim() },
  legalComments: "none"
})

copyFileSync("node_modules/htmx.org/dist/htmx.min.js", `${target}/htmx/htmx.js`)
copyFileSync("node_modules/htmx.org/LICENSE", `${target}/htmx/LICENCE.txt`)
const trailing = /\n?\/\/# sourceMappingURL=.*\n?$/
const htmx = readFileSync(`${target}/htmx/htmx.js`, "utf8").replace(trailing, "\n")
writeFileSync(`${target}/htmx/htmx.js`, `/*! htmx 4.0.1, Zero-Clause BSD licence, see LICENCE.txt */\n${htmx}`)
