import type { StepId } from '../model/answers.ts'
import { checkProxy } from '../steps/network/proxy.ts'
import { screens } from '../steps/screens.ts'
import type { Drafts } from '../steps/step.ts'
import type { WizardEvent } from '../wizard/state.ts'
import { bodyWidth } from './frame-size.ts'
import type { Form } from './page-forms.ts'
import { secretOf } from './page-secret.ts'
import type { Session, View } from './session.ts'

export function stepForm<Id extends StepId>(
  id: Id,
  view: View,
  session: Pick<Session, 'send' | 'change' | 'view' | 'looksOf'>,
): Form | null {
  const { drafts, hardware, problems, repeats, isEditing } = view.wizard
  if (!drafts || !hardware) return null
  const secret = id === 'identity' ? 'password' : 'passphrase'
  const key = (name: string) => `${id}.${name}`
  const rows = screens[id]({
    draft: drafts[id],
    hardware,
    problems: problems[id] ?? [],
    onChange: (draft: Drafts[Id]) => session.send({ type: 'EDIT', step: id, draft } as unknown as WizardEvent),
    repeat: repeats[secret],
    onRepeat: (text) => session.send({ type: 'EDIT_REPEAT', secret, text }),
    pinRepeat: repeats.pin,
    onPinRepeat: (text) => session.send({ type: 'EDIT_REPEAT', secret: 'pin', text }),
    memory: {
      text(name) {
        const value = view.memory[key(name)]
        return typeof value === 'string' ? value : undefined
      },
      isOn: (name) => view.memory[key(name)] === true,
      // Onto the memory of now: a row may set two things, one after the other.
      set: (name, value) => session.change({ memory: { ...session.view().memory, [key(name)]: value } }),
    },
    // What is drawn comes from the view that is drawn.
    looks: { ...session.looksOf(id), get: (name) => view.looks[key(name)] ?? null },
    hostName: drafts.identity.hostName,
    proxy: proxyOf(drafts.network),
    strength: view.strengths[secretOf(view.wizard)] ?? null,
    width: bodyWidth(view.size),
  })
  return {
    rows,
    next: { label: isEditing ? 'Back to the review' : 'Continue', onPress: () => session.send({ type: 'NEXT' }) },
    problems: problems[id] ?? [],
    startsAt: null,
  }
}

/** One that is refused is used by nothing: there may be a password in it, which would come into the log. */
function proxyOf({ proxy }: Drafts['network']): string | null {
  return proxy === '' || checkProxy(proxy) !== null ? null : proxy
}
