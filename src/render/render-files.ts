import Handlebars from 'handlebars'
import type { RenderedFile } from '../model/plan.ts'
import { Bug } from '../system/errors.ts'
import type { RenderContext } from './context.ts'
import { MANIFEST } from './manifest.ts'
import { NIX_HELPERS } from './nix-helpers.ts'
import type { Templates } from './templates.ts'

/** The files of the target, in memory, in the order of the manifest. A template that asks for what the context does not
 *  have, or hands a helper a value of the wrong kind, is a Bug that names it. */
export function renderFiles(context: RenderContext, templates: Templates): readonly RenderedFile[] {
  return MANIFEST.filter((entry) => entry.when(context)).map(({ template, path, mode }) => {
    const text = templates.get(template)
    if (text === undefined) throw new Bug(`the template ${template} was not loaded`)
    return { path, mode, content: renderTemplate(template, text, context) }
  })
}

/** One template. `name` is only for the error. */
export function renderTemplate(name: string, text: string, context: object): string {
  // An instance of our own: helpers that somebody registers globally do not exist in here.
  const handlebars = Handlebars.create()
  handlebars.registerHelper({ ...NIX_HELPERS, ...strictBlocks({ ...handlebars.helpers }) })
  try {
    const template = handlebars.compile(text, {
      // HTML escaping would write &quot; into a Nix string; our helpers quote for Nix.
      noEscape: true,
      strict: true,
      knownHelpersOnly: true,
      knownHelpers: Object.fromEntries(Object.keys(NIX_HELPERS).map((helper) => [helper, true])),
    })
    return template(context)
  } catch (cause) {
    throw new Bug(`cannot render ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
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
