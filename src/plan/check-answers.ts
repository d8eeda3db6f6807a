import type { Answers, StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { checkMachine } from './check-machine.ts'

/** Everything that stands between these answers and an install on this machine. Takes what is there of the answers, so that
 *  a file with a broken section still gets the other sections judged. */
export function checkAnswers(answers: Partial<Answers>, hardware: Hardware): readonly Problem[] {
  return [...checkMachine(hardware), ...stepOrder.flatMap((id) => checkStep(id, answers, hardware))]
}

function checkStep<Id extends StepId>(id: Id, answers: Partial<Answers>, hardware: Hardware): readonly Problem[] {
  const value: Answers[Id] | undefined = answers[id]
  return value === undefined ? [] : steps[id].check(value, hardware)
}
