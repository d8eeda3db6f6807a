import { availableParallelism } from 'node:os'

/** How many machines run at once. Two of one processor each get more done on two cores than one machine of two: an emulated
 *  processor that waits for another spins. So this also says how many processors a machine has (qemu-args.ts). */
export function machinesAtOnce(): number {
  const machines = Math.min(2, availableParallelism())
  process.env.KEYSTONE_LAB_CPUS ||= machines > 1 ? '1' : '2'
  return machines
}
