import type { Machine } from '../model/hardware.ts'

/** The maker's name of this machine, by systeminformation: it knows DMI, device trees, the Raspberry Pi's codes and what
 *  each hypervisor calls itself. Measured 20-45 ms, most of it the shell it starts; `bench/detect.mjs` prints it beside
 *  the rest. Its lists of CPUs, memory and disks are not used: they take longer than reading /proc and lsblk ourselves,
 *  come without by-id names, and do not go through the System port. */
export async function identifyMachine(): Promise<Machine> {
  const { default: systeminformation } = await import('systeminformation')
  const { manufacturer, model } = await systeminformation.system()
  return { vendor: known(manufacturer), product: known(model) }
}

/** Firmware that was never filled in says so in many ways. */
function known(text: string): string {
  const value = text.replace(/\s+/g, ' ').trim()
  return /^$|^-$|^(to be filled by o\.?e\.?m\.?|default string|system product name|not specified|unknown|none)$/i.test(
    value,
  )
    ? 'unknown'
    : value
}
