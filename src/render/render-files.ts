import Handlebars from 'handlebars'
import type { RenderedFile } from '../model/plan.ts'
import { Bug } from '../system/errors.ts'
import type { RenderContext } from './context.ts'
import { MANIFEST } from './manifest.ts'
import { MARKDOWN_HELPERS } from './markdown-helpers.ts'
import { NIX_HELPERS } from './nix-helpers.ts'
import type { Templates } from './templates.ts'

/** The files of the target, in memory, in the order of the manifest. A template that asks for what the context does not
 *  have, or hands a helper a value of the wrong kind, is a Bug that names it. */
export function renderFiles(context: RenderContext, templates: Templates): readonly RenderedFile[] {
  return MANIFEST.flatMap(({ template, path, mode, isOptional }): RenderedFile[] => {
    const text = templates.get(template)
    if (text === undefined) {
      if (isOptional) return []
      throw new Bug(`the template ${template} was not loaded`)
    }
    const content = template.endsWith('.hbs') ? renderTemplate(template, text, context) : text
    return [{ path: path(context), mode, content }]
  })
}

/** One template. Its `name` is for the error, and says by `.md.hbs` that the helpers are those of Markdown. */
export function renderTemplate(name: string, text: string, context: object): string {
  const helpers = helpersOf(name)
  // An instance of our own: helpers that somebody registers globally do not exist in here.
  const handlebars = Handlebars.create()
  handlebars.registerHelper({ ...helpers, ...strictBlocks({ ...handlebars.helpers }) })
  try {
    const template = handlebars.compile(text, {
      // HTML escaping would write &quot; into a Nix string; our helpers quote for their language.
      noEscape: true,
      strict: true,
      knownHelpersOnly: true,
      knownHelpers: Object.fromEntries(Object.keys(helpers).map((helper) => [helper, true])),
    })
    return template(context)
  } catch (cause) {
    throw new Bug(`cannot render ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** The only ways for data into a template of this name. */
export function helpersOf(name: string): Readonly<Record<string, (value: unknown) => string>> {
  return name.endsWith('.md.hbs') ? MARKDOWN_HELPERS : NIX_HELPERS
}

/** Handlebars is strict about values, but takes a misspelt condition for false and a misspelt list for an empty one. */
function strictBlocks(builtIn: Readonly<Record<string, Handlebars.HelperDelegate | undefined>>) {
  const strict = (name: string): Handlebars.HelperDelegate =>
    function (this: unknown, value: unknown, options: Handlebars.HelperOptions) {
      if (value === undefined) throw new Bug(`{{#${name}}} asks for something that is not in the context`)
      return builtIn[name]?.call(this, value, options)
    }
  return { if: strict('if'), unless: strict('unless'), each: strict('each') }
}
